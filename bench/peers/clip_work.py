"""The work `clip`: a training step of transformers' CLIPModel with ViT-S/16, eager or compiled, fp32 or bf16."""

import os
import re

import torch
import transformers
from transformers import CLIPConfig, CLIPModel
from safetensors.torch import load_file
from unet_works import Network
from vit_works import Stepping

WIDTH, DEPTH, HEADS, HIDDEN, EPSILON = 384, 12, 6, 1536, 1e-6
RULES = [
    (r"^visual\.cls_token$", "vision_model.embeddings.class_embedding"),
    (r"^visual\.patch_embed\.proj\.", "vision_model.embeddings.patch_embedding."),
    (r"^visual\.pos_embed$", "vision_model.embeddings.position_embedding.weight"),
    (r"^visual\.norm_pre\.", "vision_model.pre_layrnorm."),
    (r"^visual\.norm\.", "vision_model.post_layernorm."),
    (r"^visual\.blocks\.", "vision_model.encoder.layers."),
    (r"^text\.token_embedding\.", "text_model.embeddings.token_embedding."),
    (r"^text\.positional_embedding$", "text_model.embeddings.position_embedding.weight"),
    (r"^text\.norm\.", "text_model.final_layer_norm."),
    (r"^text\.blocks\.", "text_model.encoder.layers."),
    (r"\.norm([12])\.", r".layer_norm\1."),
    (r"\.attn\.proj\.", ".self_attn.out_proj."),
]


def theirs(ours):
    """Calotype's weights under the names of transformers."""
    renamed = {}
    for name, weight in ours.items():
        for pattern, place in RULES:
            name = re.sub(pattern, place, name)
        if ".attn.qkv." in name:
            for letter, part in zip("qkv", weight.chunk(3)):
                renamed[name.replace(".attn.qkv.", f".self_attn.{letter}_proj.")] = part
        elif name.endswith("class_embedding") or name == "logit_scale":
            renamed[name] = weight.reshape([] if name == "logit_scale" else [-1])
        else:
            renamed[name] = weight.squeeze(0) if "position_embedding" in name else weight
    return renamed


class clip(Stepping, Network):
    """Forward, the contrastive loss of the batch, backward, clipping, fused AdamW, an average of the weights."""

    def build(self, given):
        tower = dict(hidden_size=WIDTH, num_hidden_layers=DEPTH, num_attention_heads=HEADS,
                     intermediate_size=HIDDEN, layer_norm_eps=EPSILON, hidden_act="quick_gelu")
        config = CLIPConfig(text_config=dict(tower), vision_config=dict(tower, patch_size=16, image_size=given["size"]),
                            projection_dim=WIDTH)
        network = CLIPModel(config)
        patches = network.vision_model.embeddings
        patches.patch_embedding = torch.nn.Conv2d(3, WIDTH, 16, 16)  # with a bias, as ours
        return network

    def load(self, folder):
        weights = load_file(os.path.join(folder, "weights.safetensors"))
        self.network.load_state_dict(theirs(weights), strict=True)

    def __init__(self, given):
        super().__init__(given)
        self.begin()

    def loss(self):
        answer = self.forward(input_ids=self.inputs["ids"], pixel_values=self.inputs["images"], return_loss=True)
        return answer.loss

    def versions(self):
        return {"torch": torch.__version__, "transformers": transformers.__version__}
