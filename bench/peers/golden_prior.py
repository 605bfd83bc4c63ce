"""Writes the golden numbers of PriorTransformerTest: a tiny PriorTransformer of diffusers with random weights, seed 0.

    python bench/peers/golden_prior.py core/src/test/resources/prior/prior-transformer.safetensors

Without an attention_mask diffusers lets every token see all others; an empty one makes it causal. ECLIPSE's network is the same class
without the time, so its forward pass is written out here.
"""
import sys

import torch
from diffusers import PriorTransformer
from safetensors.torch import save_file

torch.manual_seed(0)
torch.set_num_threads(1)
kind = dict(num_attention_heads=2, attention_head_dim=8, num_layers=2, embedding_dim=6, num_embeddings=0, encoder_hid_proj_type=None)
timed = PriorTransformer(**kind, additional_embeddings=4).eval()
with torch.no_grad():
    for name, parameter in timed.named_parameters():
        parameter.copy_(torch.randn_like(parameter) * 0.3 + (1 if "norm" in name and name.endswith("weight") else 0))
noisy, texts, times = torch.randn(3, 6), torch.randn(3, 6), torch.tensor([0, 17, 999])
untimed = PriorTransformer(**kind, additional_embeddings=3).eval()
weights = timed.state_dict()
untimed.load_state_dict({**weights, "positional_embedding": weights["positional_embedding"][:, :3]})
golden = {"weights/" + name: value for name, value in timed.named_parameters()}
with torch.no_grad():
    golden["timed"] = timed(noisy, times, texts, attention_mask=torch.ones(3, 0)).predicted_image_embedding
    query = untimed.prd_embedding[0].expand(3, -1)
    tokens = torch.stack([untimed.embedding_proj(texts), untimed.proj_in(noisy), query], 1) + untimed.positional_embedding
    mask = untimed.causal_attention_mask.expand(3, -1, -1).repeat_interleave(2, dim=0)
    for block in untimed.transformer_blocks:
        tokens = block(tokens, attention_mask=mask)
    golden["untimed"] = untimed.proj_to_clip_embeddings(untimed.norm_out(tokens)[:, -1])
golden |= {"noisy": noisy, "texts": texts, "times": times.float()}
save_file({name: value.detach().contiguous() for name, value in golden.items()}, sys.argv[1])
