# PyTorch: modules, cross_entropy and torch.optim.Adam with its defaults (foreach gains nothing on one thread).
import os

import torch
from serve import serve

torch.set_num_threads(int(os.environ.get("BENCH_THREADS", "1")))


class PyTorch:
    def __init__(self, problem):
        self.version = f"PyTorch {torch.__version__}"
        self.learning_rate = problem.learning_rate
        self.images = torch.from_numpy(problem.images)
        self.labels = torch.from_numpy(problem.labels).long()
        self.initial = [torch.from_numpy(tensor) for layer in problem.layers for tensor in layer]
        modules = []
        for inputs, outputs in zip(problem.sizes, problem.sizes[1:]):
            modules += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
        self.model = torch.nn.Sequential(*modules[:-1])

    def reset(self):
        with torch.no_grad():
            for parameter, initial in zip(self.model.parameters(), self.initial):
                parameter.copy_(initial)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=self.learning_rate)

    def run(self, steps):
        for _ in range(steps):
            self.optimizer.zero_grad(set_to_none=True)
            loss = torch.nn.functional.cross_entropy(self.model(self.images), self.labels)
            loss.backward()
            self.optimizer.step()
        return loss.item()


serve(PyTorch)
