"""The work `gan`: a training step of the DCGAN of golden_dcgan.py, eager, fp32 or bf16."""

import torch
from golden_dcgan import Discriminator, Generator
from torch.nn import functional as F
from unet_works import Network


class gan(Network):
    """An update of the discriminator and one of the generator, each by fused Adam; an average of the generator."""

    def __init__(self, given):
        super().__init__(given)
        self.images = self.inputs["images"].contiguous(memory_format=self.layout)
        self.adams = [
            torch.optim.Adam(player.parameters(), lr=2e-4, betas=(0.5, 0.999), fused=True)
            for player in (self.network["generator"], self.network["discriminator"])
        ]
        self.parameters = list(self.network["generator"].parameters())
        self.average = [p.detach().clone() for p in self.parameters]

    def build(self, given):
        size, width = given["size"], given["channels"]
        return torch.nn.ModuleDict(
            {"generator": Generator(size, width=width), "discriminator": Discriminator(size, width=width)}
        )

    def outputs(self):
        results = [self.step(self.inputs[f"z{2 * i}"], self.inputs[f"z{2 * i + 1}"]) for i in range(3)]
        names = ("losses", "gradient_norms", "generator_losses", "generator_norms")
        return dict(zip(names, torch.tensor(results).T))

    def iterate(self):
        self.step(*torch.randn(2, len(self.images), 100))

    def step(self, z, other):
        generator, discriminator = self.network["generator"], self.network["discriminator"]
        with self.autocast():
            with torch.no_grad():
                fake = generator(z).float()
            on_real, on_fake = discriminator(self.images).float(), discriminator(fake).float()
        loss = F.softplus(-on_real).mean() + F.softplus(on_fake).mean()
        norm = self.update(1, discriminator, loss)
        discriminator.requires_grad_(False)
        with self.autocast():
            on_fake = discriminator(generator(other)).float()
        answer = F.softplus(-on_fake).mean()
        answered = self.update(0, generator, answer)
        discriminator.requires_grad_(True)
        with torch.no_grad():
            torch._foreach_lerp_(self.average, self.parameters, 1 - 0.995)
        return loss.item(), norm, answer.item(), answered

    def update(self, index, player, loss):
        self.adams[index].zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.get_total_norm([p.grad for p in player.parameters()]).item()
        self.adams[index].step()
        return norm
