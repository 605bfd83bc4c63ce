"""The work `dip`: the skip network of skipnet.py fitted to one picture, eager or compiled, fp32 or bf16."""

import torch
from skipnet import CONFIGURATIONS, SkipNet
from torch.nn import functional as F
from unet_works import Network


class dip(Network):
    """An iteration: jitter, forward, backward, fused Adam."""

    def __init__(self, given):
        super().__init__(given)
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=0.01, fused=True)

    def build(self, given):
        return SkipNet(*CONFIGURATIONS["denoising"])

    def outputs(self):
        self.prepare_forward()
        return {"losses": torch.tensor([self.step(self.inputs["input"]) for _ in range(3)])}

    def iterate(self):
        z = self.inputs["input"]
        self.step(z + torch.randn_like(z) / 30)

    def step(self, z):
        with self.autocast():
            output = self.forward(z.contiguous(memory_format=self.layout))
        loss = F.mse_loss(2 * output - 1, self.inputs["target"])
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss.item()
