"""Files of torch.save with what few files have: core/src/test/resources/pytorch.

torch 2.15.0: python bench/peers/golden_pytorch.py core/src/test/resources/pytorch
"""

import sys

import torch

out = sys.argv[1]
z = torch.complex(torch.arange(4.0), torch.arange(4.0) + 1)
torch.save({"w": z.conj().imag}, f"{out}/neg.pt")  # the view of 1, 2, 3, 4 whose negative bit is set
torch.save({"w": z.conj().imag}, f"{out}/neg_legacy.pt", _use_new_zipfile_serialization=False)
torch.save({"w": z.conj()}, f"{out}/conj.pt")
u16 = torch.tensor([0, 1, 2, 40000]).to(torch.uint16)
torch.save({"w": u16}, f"{out}/u16_legacy.pt", _use_new_zipfile_serialization=False)
torch.save({"w": torch.arange(4.0).to(torch.float8_e4m3fn), "v": torch.tensor([0, 1, 2]).to(torch.uint64)}, f"{out}/f8.pt")
torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), f"{out}/script.pt")
