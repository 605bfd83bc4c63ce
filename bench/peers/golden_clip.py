"""Makes core/src/test/resources/clip: tiny random CLIPs and SigLIPs of transformers 5.24, OpenAI's model.py and open_clip 3.3
with timm 1.0.31, and what they answer.

    pip install torch transformers==5.24.* open_clip_torch==3.3.* timm safetensors
    python golden_clip.py path/to/openai/CLIP/clip/model.py core/src/test/resources/clip
"""
import sys, json, os
import torch
from transformers import CLIPConfig, CLIPModel, CLIPTextModel, CLIPTextConfig, SiglipConfig, SiglipModel, CLIPTextModelWithProjection
from safetensors.torch import save_file
R=sys.argv[2].rstrip('/')+'/'; os.makedirs(R,exist_ok=True)
torch.manual_seed(0)
def rnd(m, s=0.3):
    g=torch.Generator().manual_seed(1)
    with torch.no_grad():
        for n,p in m.named_parameters():
            if n.endswith('logit_scale') or n.endswith('logit_bias'): continue
            if p.ndim==1 and 'norm' in n.lower() and n.endswith('weight') or ('ln_' in n and n.endswith('weight')): p.copy_(1+0.2*torch.randn(p.shape,generator=g))
            else: p.copy_(s*torch.randn(p.shape,generator=g)/ (p.shape[-1]**0.5 if p.ndim>1 else 1))
def h(d):
    return {k:v.to(torch.float16).contiguous() for k,v in d.items() if v.is_floating_point()}
def half(m): # weights that fp16 holds exactly
    with torch.no_grad():
        for p in m.parameters(): p.copy_(p.half().float())
ids=torch.tensor([[60,5,7,9,61,61,61,61],[60,1,2,63,4,30,31,61],[60,61,61,61,61,61,61,61]])
g=torch.Generator().manual_seed(2); x=torch.randn(3,3,12,12,generator=g)
golden={'ids':ids.float(),'pixels':x}
def clip(eos, act, name):
    cfg=CLIPConfig(text_config=dict(vocab_size=64,hidden_size=32,intermediate_size=48,num_hidden_layers=2,num_attention_heads=4,max_position_embeddings=8,hidden_act=act,eos_token_id=eos,bos_token_id=60,pad_token_id=61,projection_dim=24),
        vision_config=dict(hidden_size=32,intermediate_size=40,num_hidden_layers=2,num_attention_heads=2,image_size=12,patch_size=4,hidden_act=act,projection_dim=24),projection_dim=24)
    m=CLIPModel(cfg).eval(); rnd(m); half(m)
    d=R+name; m.half().save_pretrained(d); m.float()
    with torch.no_grad(): o=m(input_ids=ids,pixel_values=x)
    golden[name+'.image']=o.image_embeds; golden[name+'.text']=o.text_embeds; golden[name+'.logits']=o.logits_per_image
    return m
m=clip(61,'gelu','hf-clip')
m2=clip(2,'quick_gelu','hf-clip-legacy')
cfg=SiglipConfig(text_config=dict(vocab_size=64,hidden_size=32,intermediate_size=48,num_hidden_layers=2,num_attention_heads=4,max_position_embeddings=8),
   vision_config=dict(hidden_size=32,intermediate_size=40,num_hidden_layers=2,num_attention_heads=2,image_size=12,patch_size=4))
s=SiglipModel(cfg).eval(); rnd(s); 
with torch.no_grad(): s.logit_scale.fill_(1.5); s.logit_bias.fill_(-2.0)
half(s); s.half().save_pretrained(R+'hf-siglip'); s.float()
with torch.no_grad(): o=s(input_ids=ids,pixel_values=x)
golden['hf-siglip.image']=o.image_embeds; golden['hf-siglip.text']=o.text_embeds; golden['hf-siglip.logits']=o.logits_per_image
# OpenAI
import importlib.util
spec=importlib.util.spec_from_file_location('om',sys.argv[1]); om=importlib.util.module_from_spec(spec); spec.loader.exec_module(om)
torch.manual_seed(3)
oc=om.CLIP(embed_dim=24,image_resolution=12,vision_layers=1,vision_width=64,vision_patch_size=4,context_length=8,vocab_size=64,transformer_width=64,transformer_heads=1,transformer_layers=1).eval(); rnd(oc); half(oc)
sd=oc.state_dict(); sd16={k:v.half() for k,v in sd.items()}
with torch.no_grad():
    i=oc.encode_image(x); tt=oc.encode_text(ids); a,b=oc(x,ids)
golden['openai.image']=i/i.norm(dim=-1,keepdim=True); golden['openai.text']=tt/tt.norm(dim=-1,keepdim=True); golden['openai.logits']=a
j=torch.jit.trace(oc,(x,ids)); j.half(); j.save('openai-jit.pt')
import zipfile
with zipfile.ZipFile('openai-jit.pt') as zi, zipfile.ZipFile(R+'openai-jit.pt','w') as zo:
    for n in zi.namelist():
        if '/code/' not in n: zo.writestr(n, zi.read(n))

# open_clip
import open_clip
from open_clip.model import CLIP as OC, CustomTextCLIP
oc2=OC(embed_dim=24,vision_cfg=dict(image_size=12,layers=2,width=32,head_width=16,patch_size=4,mlp_ratio=1.5),text_cfg=dict(context_length=8,vocab_size=64,width=32,heads=4,layers=2,mlp_ratio=1.5),quick_gelu=False).eval()
rnd(oc2); half(oc2)
os.makedirs(R+'open-clip',exist_ok=True)
save_file({k:v.half().contiguous() for k,v in oc2.state_dict().items() if v.is_floating_point()}, R+'open-clip/open_clip_model.safetensors')
json.dump(dict(model_cfg=dict(embed_dim=24,vision_cfg=dict(image_size=12,layers=2,width=32,head_width=16,patch_size=4,mlp_ratio=1.5),text_cfg=dict(context_length=8,vocab_size=64,width=32,heads=4,layers=2,mlp_ratio=1.5)),preprocess_cfg=dict(mean=[0.48145466,0.4578275,0.40821073],std=[0.26862954,0.26130258,0.27577711])),open(R+'open-clip/open_clip_config.json','w'))
with torch.no_grad(): o=oc2(x,ids)
golden['open-clip.image']=o[0]; golden['open-clip.text']=o[1]
cc=CustomTextCLIP(embed_dim=24,vision_cfg=dict(image_size=12,layers=1,width=32,head_width=16,patch_size=4,mlp_ratio=1.5),text_cfg=dict(context_length=8,vocab_size=64,width=32,heads=4,layers=1,mlp_ratio=1.5),quick_gelu=True,init_logit_bias=-3.0).eval()
rnd(cc); half(cc)
os.makedirs(R+'open-clip-custom',exist_ok=True)
torch.save({'state_dict':{'module.'+k:v.half() for k,v in cc.state_dict().items()},'epoch':3}, R+'open-clip-custom/open_clip_pytorch_model.bin')
json.dump(dict(model_cfg=dict(embed_dim=24,quick_gelu=True,vision_cfg=dict(image_size=12,layers=1,width=32,head_width=16,patch_size=4,mlp_ratio=1.5),text_cfg=dict(context_length=8,vocab_size=64,width=32,heads=4,layers=1,mlp_ratio=1.5))),open(R+'open-clip-custom/open_clip_config.json','w'))
with torch.no_grad(): o=cc(x,ids)
golden['open-clip-custom.image']=o[0]; golden['open-clip-custom.text']=o[1]
save_file({k:v.float().contiguous() for k,v in golden.items()}, R+'golden.safetensors')
# open_clip SigLIP through timm
from timm.models import register_model
from timm.models.vision_transformer import _create_vision_transformer
import timm.models.vision_transformer as tv
def vit_test_siglip_12(pretrained=False, **kw):
    a=dict(patch_size=4, embed_dim=64, depth=1, num_heads=1, mlp_ratio=1.0, class_token=False, global_pool="map", img_size=12)
    ref={k:v for k,v in getattr(tv,'REFARGS',{}).items()}
    return _create_vision_transformer('vit_base_patch16_siglip_224', pretrained=False, **dict(a, **ref, **kw))
register_model(vit_test_siglip_12)
cs=CustomTextCLIP(embed_dim=64,init_logit_bias=-4.0,vision_cfg=dict(image_size=12,timm_model_name='vit_test_siglip_12',timm_model_pretrained=False,timm_pool='map',timm_proj='none'),
   text_cfg=dict(context_length=8,vocab_size=64,width=64,heads=1,layers=1,mlp_ratio=1.0,no_causal_mask=True,proj_bias=True,pool_type='last',norm_kwargs=dict(eps=1e-6))).eval()
rnd(cs); half(cs)
os.makedirs(R+'open-clip-siglip',exist_ok=True)
save_file({k:v.half().contiguous() for k,v in cs.state_dict().items()}, R+'open-clip-siglip/open_clip_model.safetensors')
json.dump(dict(model_cfg=dict(embed_dim=64,custom_text=True,vision_cfg=dict(image_size=12,timm_model_name='vit_test_siglip_12',timm_pool='map',timm_proj='none'),text_cfg=dict(context_length=8,vocab_size=64,width=64,heads=1,layers=1,no_causal_mask=True,proj_bias=True,pool_type='last',norm_kwargs=dict(eps=1e-6)))),open(R+'open-clip-siglip/open_clip_config.json','w'))
with torch.no_grad(): o=cs(x,ids)
golden['open-clip-siglip.image']=o[0]; golden['open-clip-siglip.text']=o[1]
save_file({k:v.float().contiguous() for k,v in golden.items()}, R+'golden.safetensors')
