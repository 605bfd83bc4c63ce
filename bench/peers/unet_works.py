"""The works `train` and `sample`: the plain U-Net, eager or compiled, fp32 or bf16."""

import contextlib
import os

import torch
from safetensors.torch import load_file
from torch.nn import functional as F
from unet import UNet


class Network:
    """The U-Net with Calotype's weights, and how the peer's name wants it run."""

    def __init__(self, given):
        name = given["peer"]
        self.inputs = load_file(os.path.join(given["folder"], "inputs.safetensors"))
        self.compiled = name.startswith("compile")
        self.precision = "bf16" if name.endswith("bf16") else "fp32"
        last = self.precision == "bf16" or name.endswith("-cl")
        self.layout = torch.channels_last if last else torch.contiguous_format
        self.network = self.build(given)
        self.load(given["folder"])
        self.network.to(memory_format=self.layout)
        self.forward = self.network

    def build(self, given):
        return UNet(given["channels"])

    def load(self, folder):
        self.network.load_state_dict(load_file(os.path.join(folder, "weights.safetensors")))

    def autocast(self):
        if self.precision == "fp32":
            return contextlib.nullcontext()
        return torch.autocast("cpu", dtype=torch.bfloat16)

    def prepare_forward(self):
        """Compiles anew, since compiled loops have their number of threads built in."""
        if self.compiled:
            import torch._inductor.config as inductor

            torch._dynamo.reset()
            inductor.cpp.threads = torch.get_num_threads()
            self.forward = torch.compile(self.network)

    def threads(self, count):
        if count != torch.get_num_threads():
            torch.set_num_threads(count)
            self.prepare_forward()

    def versions(self):
        return {"torch": torch.__version__}


class train(Network):
    """A training step: noise, forward, backward, clipping, fused AdamW, an average of the weights."""

    def __init__(self, given):
        super().__init__(given)
        self.batch = given["batch"]
        self.signal = self.inputs["signal"]
        self.images = self.inputs["images"]
        self.parameters = list(self.network.parameters())
        self.average = [p.detach().clone() for p in self.parameters]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=1e-4, weight_decay=0, fused=True)

    def outputs(self):
        self.prepare_forward()
        results = []
        for i in range(3):
            rows = slice(i * self.batch, (i + 1) * self.batch)
            results.append(self.step(self.inputs["times"][rows].long(), self.inputs["noise"][rows]))
        losses, norms = torch.tensor(results).T
        return {"losses": losses, "gradient_norms": norms}

    def iterate(self):
        self.step(torch.randint(1000, (self.batch,)), torch.randn_like(self.images))

    def predict(self, noisy, times):
        return self.forward(noisy, times)

    def step(self, times, noise):
        signal = self.signal[times].reshape(-1, 1, 1, 1)
        noisy = signal * self.images + (1 - signal**2).sqrt() * noise
        with self.autocast():
            predicted = self.predict(noisy.contiguous(memory_format=self.layout), times.float())
        loss = F.mse_loss(predicted.float(), noise)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.average, self.parameters, 1 - 0.9999)
        return loss.item(), norm.item()


class sample(Network):
    """One evaluation without gradients; in bf16 the weights are converted once, unless autocast is asked for."""

    def __init__(self, given):
        super().__init__(given)
        self.network.eval().requires_grad_(False)
        self.cast = self.precision == "bf16" and not given["peer"].startswith("autocast")
        if self.cast:
            self.network.to(torch.bfloat16)
        self.noisy = self.inputs["noisy"]
        self.times = self.inputs["times"]

    def outputs(self):
        self.prepare_forward()
        return {"output": self.evaluate()}

    def iterate(self):
        self.evaluate()

    def evaluate(self):
        x = self.noisy.to(torch.bfloat16 if self.cast else torch.float32)
        with torch.inference_mode(), contextlib.nullcontext() if self.cast else self.autocast():
            return self.forward(x.contiguous(memory_format=self.layout), self.times).float()
