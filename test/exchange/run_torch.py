# Loads a model of voxgrad into torch.nn.Sequential, built from the recipe's layers under their names, and goes forward.
# usage: run_torch.py FOLDER COUNT; reads model-0.safetensors and pixels-0 (float32), writes answers-0 (float32), and so on
import json
import struct
import sys
from collections import OrderedDict

import torch
from torch import nn


def run(folder, number):
    with open(f"{folder}/model-{number}.safetensors", "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    recipe = json.loads(header.pop("__metadata__")["voxgrad"])
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        assert entry["dtype"] == "F32"
        tensors[name] = torch.frombuffer(data[begin:end], dtype=torch.float32).reshape(entry["shape"])

    size = 1
    for axis in recipe["input"]:
        size *= axis
    layers = OrderedDict()
    plain = {
        "relu": nn.ReLU,
        "selu": nn.SELU,
        "gelu": nn.GELU,
        "sigmoid": nn.Sigmoid,
        "tanh": nn.Tanh,
        "softplus": nn.Softplus,
        "silu": nn.SiLU,
    }
    features = size
    for index, layer in enumerate(recipe["layers"]):
        kind = layer["kind"]
        if kind == "dense":
            made = nn.Linear(features, layer["outputs"], bias=layer["bias"])
            features = layer["outputs"]
        elif kind == "batchNorm":
            made = nn.BatchNorm1d(features, eps=layer["epsilon"], momentum=layer["momentum"])
        elif kind == "layerNorm":
            made = nn.LayerNorm(features, eps=layer["epsilon"])
        elif kind in ("dropout", "spatialDropout", "gaussianDropout"):
            made = nn.Dropout(layer["rate"])
        elif kind == "leakyRelu":
            made = nn.LeakyReLU(layer["slope"])
        elif kind == "elu":
            made = nn.ELU(layer["alpha"])
        elif kind == "geluTanh":
            made = nn.GELU(approximate="tanh")
        elif kind == "softmax":
            made = nn.Softmax(dim=-1)
        else:
            made = plain[kind]()
        layers[layer.get("name", str(index))] = made

    model = nn.Sequential(layers)
    model.load_state_dict(
        {name: tensor.to(model.state_dict()[name].dtype) for name, tensor in tensors.items()}, strict=True
    )
    model.eval()

    with open(f"{folder}/pixels-{number}", "rb") as file:
        pixels = torch.frombuffer(bytearray(file.read()), dtype=torch.float32).reshape(-1, size)
    scaling = recipe["normalization"]
    assert scaling["kind"] == "zScore"
    scaled = ((pixels.double() - scaling["mean"]) / scaling["deviation"]).float()
    with torch.no_grad():
        outputs = model(scaled)
        kind = recipe["loss"]["kind"]
        if kind == "softmaxCrossEntropy":
            answers = outputs.softmax(-1)
        elif kind.startswith("sigmoid"):
            answers = outputs.sigmoid()
        else:
            answers = outputs.clamp(0, 1)
    with open(f"{folder}/answers-{number}", "wb") as file:
        file.write(answers.contiguous().numpy().tobytes())


for number in range(int(sys.argv[2])):
    run(sys.argv[1], number)
