# A Python peer's side of the conversation, as serve.mjs has it.
import json
import os
import sys
import time

import numpy


class Problem:
    """The problem with its arrays; each layer is (weight (outputs, inputs), bias (outputs))."""

    def __init__(self, sizes, batch, learningRate, folder):
        def read(name, kind):
            return numpy.fromfile(os.path.join(folder, name), dtype=kind)

        self.sizes = sizes
        self.batch = batch
        self.learning_rate = learningRate
        self.images = read("images.f32", "<f4").reshape(batch, sizes[0])
        self.labels = read("labels.i32", "<i4")
        parameters = read("parameters.f32", "<f4")
        self.layers = []
        for inputs, outputs in zip(sizes, sizes[1:]):
            weight, bias, parameters = numpy.split(parameters, [outputs * inputs, outputs * (inputs + 1)])
            self.layers.append((weight.reshape(outputs, inputs), bias))


def measure(peer, steps, blocks):
    """Milliseconds of one step, over blocks that begin with the initial weights; what the first steps reserve is not counted."""
    seconds = 0
    for _ in range(blocks):
        peer.reset()
        peer.run(2)
        start = time.perf_counter()
        peer.run(steps)
        seconds += time.perf_counter() - start
    return 1000 * seconds / (blocks * steps)


def losses(peer, steps):
    peer.reset()
    return [peer.run(1) for _ in range(steps + 1)]


def serve(load):
    """load(problem) binds a problem; what it returns has `version`, reset() and run(steps), which returns the last loss."""
    answers = sys.stdout
    sys.stdout = sys.stderr
    peer = None
    for line in sys.stdin:
        message = json.loads(line)
        try:
            if message["command"] == "load":
                peer = load(Problem(**message["problem"]))
                value = {"version": peer.version, "computes": None}
            elif message["command"] == "losses":
                value = losses(peer, message["steps"])
            else:
                value = measure(peer, message["steps"], message["blocks"])
            answer = {"value": value}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
