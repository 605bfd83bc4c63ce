"""What pytorch-fid's Inception takes of the processor for a picture, with the weights of a file.

    python inception_time.py pt_inception-2015-12-05-6726825d.pth
"""

import sys
import time

import pytorch_fid.inception
import torch

BATCH = 32


def main(weights):
    state = torch.load(weights, map_location="cpu")
    pytorch_fid.inception.load_state_dict_from_url = lambda *arguments, **options: state
    network = pytorch_fid.inception.InceptionV3([3]).eval()
    pictures = torch.rand(BATCH, 3, 64, 64)
    with torch.inference_mode():
        for _ in range(4):
            begun, busy = time.time(), time.process_time()
            network(pictures)
            print(f"{(time.process_time() - busy) / BATCH:.3f} s of the processor, {(time.time() - begun) / BATCH:.3f} s")


if __name__ == "__main__":
    main(sys.argv[1])
