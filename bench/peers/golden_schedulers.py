"""Where the schedulers of diffusers lead with a denoiser that is known: core/src/test/resources/diffusers/schedulers.json.

diffusers 0.42.1, torch 2.15.0: python bench/peers/golden_schedulers.py OUT.json. The denoiser is x0 = 1.2 tanh(m + c (x - a m)),
c = a s^2 / (a^2 s^2 + b^2), for x = a x0 + b eps, with m and s of each of four values. No noise is added on the way, but by LCM that of
streams.Stream(0).
"""

import json
import sys

import diffusers
import torch
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    LCMScheduler,
    UniPCMultistepScheduler,
)
from streams import Stream

M = torch.tensor([0.3, -0.9, 0.1, 0.7], dtype=torch.float64).view(1, 4, 1, 1)
S = torch.tensor([0.5, 0.2, 1.0, 0.1], dtype=torch.float64).view(1, 4, 1, 1)
NOISE = torch.tensor([0.9, -0.4, -1.7, 0.2], dtype=torch.float64).view(1, 4, 1, 1)
SCHEDULERS = {
    "ddpm": DDPMScheduler,
    "ddim": DDIMScheduler,
    "dpm-solver": DPMSolverMultistepScheduler,
    "heun": HeunDiscreteScheduler,
    "euler": EulerDiscreteScheduler,
    "uni-pc": UniPCMultistepScheduler,
    "lcm": LCMScheduler,
}
BETAS = {
    "linear": dict(beta_schedule="linear", beta_start=0.0001, beta_end=0.02),
    "scaled-linear": dict(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012),
    "cosine": dict(beta_schedule="squaredcos_cap_v2"),
}
for name in ("ddpm", "ddim", "dpm-solver"):
    module = sys.modules[SCHEDULERS[name].__module__]
    module.randn_tensor = lambda shape, **_: torch.zeros(shape)


def walk(name, steps, prediction, settings):
    scheduler = SCHEDULERS[name](prediction_type=prediction, **settings)
    scheduler.set_timesteps(steps)
    x = NOISE * float(scheduler.init_noise_sigma)
    if name == "lcm":
        stream = Stream(0)
        sys.modules[LCMScheduler.__module__].randn_tensor = lambda shape, **_: torch.from_numpy(
            stream.normal(4).astype("float64")).view(shape)
    told = []
    for t in scheduler.timesteps:
        given = scheduler.scale_model_input(x, t)
        if name in ("ddpm", "ddim", "lcm"):
            a2 = scheduler.alphas_cumprod[int(t)].double()
        else:
            if scheduler.step_index is None:
                scheduler._init_step_index(t)
            a2 = 1 / (1 + scheduler.sigmas[scheduler.step_index].double() ** 2)
        a, b = a2.sqrt(), (1 - a2).sqrt()
        x0 = 1.2 * torch.tanh(M + a * S**2 / (a2 * S**2 + b**2) * (given - a * M))
        eps = (given - a * x0) / b
        told.append(round(float(t), 4))
        output = eps if prediction == "epsilon" else a * eps - b * x0
        x = scheduler.step(output, t, x).prev_sample
    return {"times": told, "output": [float(f"{v:.8g}") for v in x.flatten().tolist()]}


made = []
for name in list(SCHEDULERS)[:6]:
    for steps in (7, 10, 25, 30, 50):
        for spacing in ("leading", "linspace", "trailing"):
            for betas, settings in BETAS.items():
                # one of the two predictions each: they are the same where the arithmetic is right
                prediction = ("epsilon", "v_prediction")[len(made) % 2]
                clip = {"clip_sample": True} if name in ("ddpm", "ddim") else {}
                made.append({
                    "scheduler": name, "steps": steps, "spacing": spacing, "betas": betas, "offset": 0, "end": "clean",
                    "prediction": prediction, "zeroSnr": False,
                    **walk(name, steps, prediction, dict(settings, timestep_spacing=spacing, **clip)),
                })
for name in ("ddim", "dpm-solver", "euler", "uni-pc"):
    sd = dict(BETAS["scaled-linear"], timestep_spacing="leading", steps_offset=1)
    sd |= {"set_alpha_to_one": False, "clip_sample": True} if name == "ddim" else {"final_sigmas_type": "zero"}
    end = "first-step" if name == "ddim" else "clean"
    made.append({"scheduler": name, "steps": 25, "spacing": "leading", "betas": "scaled-linear", "offset": 1, "end": end,
                 "prediction": "epsilon", "zeroSnr": False, **walk(name, 25, "epsilon", sd)})
    zero = dict(BETAS["linear"], timestep_spacing="trailing", rescale_betas_zero_snr=True)
    zero |= {"clip_sample": True} if name == "ddim" else {}
    made.append({"scheduler": name, "steps": 25, "spacing": "trailing", "betas": "linear", "offset": 0, "end": "clean",
                 "prediction": "v_prediction", "zeroSnr": True, **walk(name, 25, "v_prediction", zero)})
for name in ("dpm-solver", "uni-pc", "heun", "euler"):
    for levels in ("karras", "exponential", "beta"):
        for steps, spacing, betas in ((7, "leading", "linear"), (10, "trailing", "scaled-linear"), (25, "linspace", "scaled-linear")):
            spread = dict(BETAS[betas], timestep_spacing=spacing, **{f"use_{levels}_sigmas": True})
            made.append({"scheduler": name, "steps": steps, "spacing": spacing, "betas": betas, "offset": 0, "end": "clean",
                         "prediction": "epsilon", "zeroSnr": False, "levels": levels, **walk(name, steps, "epsilon", spread)})
for steps in (1, 2, 3, 4, 7, 8, 50):
    for betas in BETAS:
        for prediction in ("epsilon", "v_prediction"):
            teacher = 50 if steps != 7 else 40
            lcm = dict(BETAS[betas], original_inference_steps=teacher)
            made.append({"scheduler": "lcm", "steps": steps, "spacing": "leading", "betas": betas, "offset": 0, "end": "clean",
                         "prediction": prediction, "zeroSnr": False, "teacher": teacher, **walk("lcm", steps, prediction, lcm)})
with open(sys.argv[1], "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in made) + "\n]\n")
print(diffusers.__version__, len(made))
