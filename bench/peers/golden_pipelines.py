"""Pipelines of diffusers and what they draw of a given noise: core/src/test/resources/diffusers/pipelines.json.

diffusers 0.42.1, torch 2.15.0:

    python bench/peers/golden_pipelines.py write OUT.json
    python bench/peers/golden_pipelines.py check ORIGINAL EXPORTED STEPS

`check` opens a pipeline and what `calotype import` and `calotype export` made of it, draws the same noise in STEPS steps with
both, and prints the largest difference.
"""

import json
import math
import sys

import torch
from diffusers import DDIMPipeline, DDIMScheduler, DDPMPipeline, DiffusionPipeline, DPMSolverMultistepScheduler, UNet2DModel
from formula import fill, unit

TINY = dict(sample_size=8, layers_per_block=1, block_out_channels=(8, 16), norm_num_groups=4, attention_head_dim=4,
            down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D"))
SD = dict(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012)
CASES = {
    "ddim_leading": (DDIMPipeline, DDIMScheduler(**SD, steps_offset=1, set_alpha_to_one=False), 25),
    "ddim_trailing_v": (DDIMPipeline, DDIMScheduler(prediction_type="v_prediction", timestep_spacing="trailing",
                                                    rescale_betas_zero_snr=True), 25),
    "ddim_threshold": (DDIMPipeline, DDIMScheduler(beta_schedule="squaredcos_cap_v2", clip_sample=False, thresholding=True,
                                                   sample_max_value=2.0, timestep_spacing="linspace"), 25),
    "ddim_250": (DDIMPipeline, DDIMScheduler(num_train_timesteps=250, beta_end=0.06, clip_sample_range=1.5), 25),
    "dpm": (DDPMPipeline, DPMSolverMultistepScheduler(**SD, prediction_type="v_prediction"), 25),
}


@torch.no_grad()
def draw(pipeline, x, steps):
    pipeline.scheduler.set_timesteps(steps)
    for t in pipeline.scheduler.timesteps:
        x = pipeline.scheduler.step(pipeline.unet(x, t).sample, t, x).prev_sample
    return x


def write(path):
    made = {}
    for name, (kind, scheduler, steps) in CASES.items():
        net = UNet2DModel(**TINY).eval()
        fill(net)
        state = net.state_dict()
        for key, value in state.items():
            if value.dim() == 1 and key.endswith("weight"):
                value += 1
        state["conv_out.weight"] *= 0.25  # 25 steps of a wilder network magnify the last digit of fp32 to the third
        x = torch.from_numpy(unit("x", math.prod((2, 3, 8, 8))).reshape(2, 3, 8, 8)).float()
        output = draw(kind(net, scheduler), 1.5 * x, steps)
        made[name] = {
            "index": {"_class_name": kind.__name__, "_diffusers_version": "0.42.1"},
            "scheduler": json.loads(scheduler.to_json_string()),
            "config": {"_class_name": "UNet2DModel", **{k: v for k, v in dict(net.config).items() if k[0] != "_"}},
            "weights": {key: list(value.shape) for key, value in state.items()},
            "steps": steps,
            "output": [float(f"{v:.7g}") for v in output.flatten().tolist()],
        }
        print(name, output.std().item())
    with open(path, "w") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
                   + "\n}\n")


def check(original, exported, steps):
    first, second = DiffusionPipeline.from_pretrained(original), DiffusionPipeline.from_pretrained(exported)
    size, channels = first.unet.config.sample_size, first.unet.config.in_channels
    noise = torch.randn(2, channels, size, size, generator=torch.Generator().manual_seed(0))
    images = []
    for pipeline in (first, second):
        torch.manual_seed(0)
        images.append(draw(pipeline, noise, int(steps)))
    print(type(second).__name__, "largest difference", (images[0] - images[1]).abs().max().item(),
          "std", images[0].std().item())


if __name__ == "__main__":
    {"write": write, "check": check}[sys.argv[1]](*sys.argv[2:])
