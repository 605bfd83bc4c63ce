"""The works `vit` and `naming`: ViT-S/16 as transformers has it, eager or compiled, fp32 or bf16."""

import contextlib
import os

import torch
import transformers
from safetensors.torch import load_file
from torch.nn import functional as F
from transformers import ViTForImageClassification
from unet_works import Network


class Vit(Network):
    """transformers' model with Calotype's weights and its usual attention (the engine's fused one)."""

    def __init__(self, given):
        name = given["peer"]
        self.inputs = load_file(os.path.join(given["folder"], "inputs.safetensors"))
        self.compiled = name.startswith("compile")
        self.precision = "bf16" if name.endswith("bf16") else "fp32"
        self.layout = torch.contiguous_format
        self.network = ViTForImageClassification.from_pretrained(os.path.join(given["folder"], "vit"))
        self.forward = self.network

    def logits(self, images):
        return self.forward(images).logits.float()

    def versions(self):
        return {"torch": torch.__version__, "transformers": transformers.__version__}


class Stepping:
    """A training step: the loss, backward, clipping, fused AdamW, an average of the weights."""

    def begin(self):
        self.network.train()
        self.parameters = list(self.network.parameters())
        self.average = [p.detach().clone() for p in self.parameters]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=1e-4, weight_decay=0, fused=True)

    def outputs(self):
        self.prepare_forward()
        losses, norms = torch.tensor([self.iterate() for _ in range(3)]).T
        return {"losses": losses, "gradient_norms": norms}

    def iterate(self):
        with self.autocast():
            loss = self.loss()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.average, self.parameters, 1 - 0.9999)
        return loss.item(), norm.item()


class vit(Stepping, Vit):
    """A training step with cross-entropy."""

    def __init__(self, given):
        super().__init__(given)
        self.begin()
        self.labels = self.inputs["labels"].long()

    def loss(self):
        return F.cross_entropy(self.logits(self.inputs["images"]), self.labels)


class naming(Vit):
    """One batch without gradients; in bf16 the weights are converted once, unless autocast is asked for."""

    def __init__(self, given):
        super().__init__(given)
        self.network.eval().requires_grad_(False)
        self.cast = self.precision == "bf16" and not given["peer"].startswith("autocast")
        if self.cast:
            self.network.to(torch.bfloat16)
        self.images = self.inputs["images"].to(torch.bfloat16 if self.cast else torch.float32)

    def outputs(self):
        self.prepare_forward()
        return {"logits": self.iterate()}

    def iterate(self):
        with torch.inference_mode(), contextlib.nullcontext() if self.cast else self.autocast():
            return self.logits(self.images)
