"""One step of diffusers' LoRA training on tiny pipelines: the loss and the gradients of all factors,
core/src/test/resources/latent/finetuning.json.

diffusers 0.42.1, peft 0.21.2, transformers 5.24, torch 2.15.0:

    python bench/peers/golden_finetuning.py core/src/test/resources/text/tiny-merges.txt OUT.json

The losses are those of train_text_to_image_lora.py: the squared error of epsilon or v, noise with an offset, weights of min-SNR; of
Stable Diffusion 3 that of train_dreambooth_lora_sd3.py with --precondition_outputs 0.
"""

import json
import sys

import torch
import torch.nn.functional as F
from diffusers import DDPMScheduler, FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel
from diffusers.training_utils import compute_snr
from formula import summary, unit, weight
from golden_text_to_image import BETAS, filled as by_formula, stable, xl
from golden_text_unets import SD1
from golden_transformers import SD3
from peft import LoraConfig, inject_adapter_in_model

torch.set_num_threads(1)
ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]
MORE = ["to_q", "to_v", "proj_in", "ff.net.0.proj", "ff.net.2", "conv1", "conv_shortcut", "downsamplers.0.conv", "time_emb_proj"]
SD2 = dict(SD1, attention_head_dim=[2, 4, 8], use_linear_projection=True)
CASES = {
    "sd1": dict(settings=dict(r=3, lora_alpha=6, target_modules=ATTENTION), offset=0.1, t=[3, 741]),
    "sd2_v": dict(settings=dict(r=2, lora_alpha=1, target_modules=ATTENTION), gamma=5.0, t=[30, 500]),
    "xl": dict(settings=dict(r=2, lora_alpha=3, target_modules=MORE), t=[500, 12]),
    "sd1_ddim": dict(settings=dict(r=2, lora_alpha=2, target_modules=MORE, use_dora=True), t=[100, 700]),
}
JOINT = ["attn.to_q", "attn.to_k", "attn.to_v", "attn.to_out.0", "attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj", "attn.to_add_out"]
FLOWS = {
    "sd3": dict(settings=dict(r=2, lora_alpha=3, target_modules=JOINT), shift=3.0, t=[249, 499]),  # whose levels floats hold exactly
    "sd3_dora": dict(settings=dict(r=2, lora_alpha=2, target_modules=["to_q", "to_add_out", "ff.net.2", "ff_context.net.0.proj", "norm1.linear"],
                                   use_dora=True), shift=1.0, t=[500, 12]),
}
TEXTS = {
    "sd1": dict(settings=dict(r=2, lora_alpha=3, target_modules=["q_proj", "k_proj", "v_proj", "out_proj"]), t=[3, 741]),
    "xl": dict(settings=dict(r=3, lora_alpha=2, target_modules=["q_proj", "k_proj", "v_proj", "out_proj"]), t=[500, 12]),
    "xl_dora": dict(settings=dict(r=2, lora_alpha=2, target_modules=["q_proj", "v_proj", "fc1", "fc2"], use_dora=True), t=[500, 12]),
}


def tensor(name, *shape):
    return torch.from_numpy(unit(name, int(torch.tensor(shape).prod())).reshape(shape)).float()


def pipe(merges, name, scheduler):
    if name == "xl":
        return xl(merges, scheduler, True)
    if name == "sd2_v":
        return stable(merges, "!", scheduler, SD2, hidden_act="gelu")
    return stable(merges, "<|endoftext|>", scheduler, SD1)


def filled(network, part="unet"):
    """Both factors by the formula; lengths as they begin."""
    learned = {n.replace(".default", ""): p for n, p in network.named_parameters() if p.requires_grad}
    with torch.no_grad():
        for name, parameter in learned.items():
            if "magnitude" not in name:
                parameter.copy_(torch.from_numpy(weight(f"{part}.{name}", tuple(parameter.shape))) * 0.5)
    return learned


def step(merges, name, settings, t, offset=0.0, gamma=None):
    scheduler = DDPMScheduler(**BETAS, prediction_type="v_prediction" if name == "sd2_v" else "epsilon")
    unet = pipe(merges, name, scheduler).unet
    unet.requires_grad_(False)
    unet.add_adapter(LoraConfig(**settings))
    learned = filled(unet)
    clean, times = tensor("clean", 2, 4, 8, 8), torch.tensor(t)
    noise = 1.7 * tensor("noise", 2, 4, 8, 8) + offset * tensor("offset", 2, 4, 1, 1)
    added = None
    if name == "xl":
        added = {"text_embeds": tensor("pooled", 2, 10), "time_ids": torch.tensor([[16.0, 16, 0, 0, 16, 16]] * 2)}
    noisy = scheduler.add_noise(clean, noise, times)
    predicted = unet(noisy, times, tensor("tokens", 2, 7, unet.config.cross_attention_dim), added_cond_kwargs=added).sample
    v = scheduler.config.prediction_type == "v_prediction"
    target = scheduler.get_velocity(clean, noise, times) if v else noise
    if gamma is None:
        loss = F.mse_loss(predicted, target)
    else:
        snr = compute_snr(scheduler, times)
        weights = torch.stack([snr, gamma * torch.ones_like(times)], dim=1).min(dim=1)[0] / (snr + 1 if v else snr)
        loss = (F.mse_loss(predicted, target, reduction="none").mean(dim=[1, 2, 3]) * weights).mean()
    loss.backward()
    return loss, {"unet." + n: p.grad for n, p in learned.items()}


def flow(settings, shift, t):
    """A step of Stable Diffusion 3's transformer; t counts from the least noisy level."""
    scheduler = FlowMatchEulerDiscreteScheduler(shift=shift)
    transformer = by_formula(SD3Transformer2DModel(**dict(SD3, joint_attention_dim=20, pooled_projection_dim=22, pos_embed_max_size=8)))
    transformer.requires_grad_(False)
    transformer.add_adapter(LoraConfig(**settings))
    learned = filled(transformer, "transformer")
    clean, noise = tensor("clean", 2, 4, 8, 8), 1.7 * tensor("noise", 2, 4, 8, 8)
    index = scheduler.config.num_train_timesteps - 1 - torch.tensor(t)
    times, sigmas = scheduler.timesteps[index], scheduler.sigmas[index].reshape(-1, 1, 1, 1)
    predicted = transformer((1 - sigmas) * clean + sigmas * noise, tensor("tokens", 2, 7, 20), tensor("pooled", 2, 22), times).sample
    loss = F.mse_loss(predicted, noise - clean)
    loss.backward()
    return loss, {"transformer." + n: p.grad for n, p in learned.items()}


def word(merges):
    """The gradient of two vectors of a learned word, as textual_inversion.py has it."""
    scheduler = DDPMScheduler(**BETAS)
    made = pipe(merges, "sd1", scheduler)
    made.unet.requires_grad_(False)
    made.tokenizer.add_tokens(["<gem>", "<gem>_1"])
    made.text_encoder.resize_token_embeddings(len(made.tokenizer))
    table = made.text_encoder.get_input_embeddings().weight
    with torch.no_grad():
        table[-2:] = torch.from_numpy(weight("text_encoder.word", (2, 12)))
    ids = made.tokenizer("a <gem> <gem>_1 on a bed", padding="max_length", max_length=16, return_tensors="pt").input_ids
    clean, noise, times = tensor("clean", 2, 4, 8, 8), 1.7 * tensor("noise", 2, 4, 8, 8), torch.tensor([3, 741])
    predicted = made.unet(scheduler.add_noise(clean, noise, times), times, made.text_encoder(ids).last_hidden_state.expand(2, -1, -1)).sample
    loss = F.mse_loss(predicted, noise)
    loss.backward()
    return {"loss": loss.item(), "gradient": table.grad[-2:].flatten().tolist()}


def texts(merges, name, settings, t):
    """The gradients of factors of the text encoders, as train_dreambooth_lora.py and its like for XL have them with --train_text_encoder."""
    scheduler = DDPMScheduler(**BETAS)
    made = pipe(merges, name, scheduler)
    made.unet.requires_grad_(False)
    learned, tokens = {}, []
    for part in ("text_encoder", "text_encoder_2"):
        encoder = getattr(made, part, None)
        if encoder is None:
            continue
        encoder.requires_grad_(False)
        inject_adapter_in_model(LoraConfig(**settings), encoder)  # as add_adapter does, for which transformers wants a later peft
        for n, p in encoder.named_parameters():
            if p.requires_grad:
                learned[f"{part}.{n}".replace(".default", "")] = p
        ids = getattr(made, part.replace("text_encoder", "tokenizer"))(
            ["a red bed", "two lamps"], padding="max_length", max_length=16, truncation=True, return_tensors="pt").input_ids
        tokens.append((encoder, ids))
    with torch.no_grad():
        for n, p in learned.items():
            if "magnitude" not in n:
                p.copy_(torch.from_numpy(weight(n, tuple(p.shape))) * 0.5)
    told = [encoder(ids, output_hidden_states=True) for encoder, ids in tokens]
    added = None
    if name == "xl":
        states = torch.cat([t.hidden_states[-2] for t in told], dim=-1)
        added = {"text_embeds": told[-1][0], "time_ids": torch.tensor([[16.0, 16, 0, 0, 16, 16]] * 2)}
    else:
        states = told[0][0]
    clean, noise, times = tensor("clean", 2, 4, 8, 8), 1.7 * tensor("noise", 2, 4, 8, 8), torch.tensor(t)
    predicted = made.unet(scheduler.add_noise(clean, noise, times), times, states, added_cond_kwargs=added).sample
    loss = F.mse_loss(predicted, noise)
    loss.backward()
    return loss, {n: torch.zeros_like(p) if p.grad is None else p.grad for n, p in learned.items()}


def summed(gradients):
    return {n: [list(g.shape), *(float(f"{x:.7g}") for x in (*summary(g)["values"][:4], g.double().norm().item()))] for n, g in gradients.items()}


def main(merges, out):
    made = {"word": word(merges)}
    for name, case in TEXTS.items():
        loss, gradients = texts(merges, name.split("_")[0], **case)
        made["texts_" + name] = {
            "loss": loss.item(), "rank": case["settings"]["r"], "alpha": case["settings"]["lora_alpha"], "t": case["t"],
            "layers": case["settings"]["target_modules"], "method": "dora" if "use_dora" in case["settings"] else "lora",
            "gradients": summed(gradients),
        }
        print("texts", name, loss.item(), len(gradients))
    for name, case in CASES.items():
        loss, gradients = step(merges, name, **case)
        made[name] = {
            "loss": loss.item(), "rank": case["settings"]["r"], "alpha": case["settings"]["lora_alpha"], "t": case["t"],
            "layers": case["settings"]["target_modules"], "method": "dora" if "use_dora" in case["settings"] else "lora",
            "offset": case.get("offset", 0.0), "gamma": case.get("gamma", 0.0),
            "gradients": summed(gradients),
        }
        print(name, loss.item(), len(gradients))
    for name, case in FLOWS.items():
        loss, gradients = flow(**case)
        made[name] = {
            "loss": loss.item(), "rank": case["settings"]["r"], "alpha": case["settings"]["lora_alpha"], "t": case["t"], "shift": case["shift"],
            "layers": case["settings"]["target_modules"], "method": "dora" if "use_dora" in case["settings"] else "lora",
            "gradients": summed({n: torch.zeros(1) if g is None else g for n, g in gradients.items()}),
        }
        print(name, loss.item(), len(gradients))
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
