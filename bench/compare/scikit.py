# scikit-learn on one thread: MLPClassifier's own passes and Adam, without what partial_fit checks around them.
# For two classes partial_fit trains one logistic output; here there is an output for each class, and softmax, as with the others.
import numpy
import sklearn
from serve import serve
from sklearn.neural_network import MLPClassifier
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer
from sklearn.preprocessing import LabelBinarizer


class ScikitLearn:
    def __init__(self, problem):
        self.version = f"scikit-learn {sklearn.__version__}"
        self.problem = problem
        self.wanted = numpy.eye(problem.sizes[-1], dtype=bool)[problem.labels]
        model = MLPClassifier(problem.sizes[1:-1], alpha=0, learning_rate_init=problem.learning_rate)
        # Three classes make it choose softmax; the shapes are those of `wanted`.
        model._label_binarizer = LabelBinarizer().fit([0, 1, 2])
        model.n_outputs_ = problem.sizes[-1]
        model._random_state = numpy.random.RandomState(1)
        model._initialize(self.wanted, problem.sizes, numpy.dtype("float32"))
        self.model = model

    def reset(self):
        model, sizes, batch = self.model, self.problem.sizes, self.problem.batch
        for i, (weight, bias) in enumerate(self.problem.layers):
            model.coefs_[i][...] = weight.T
            model.intercepts_[i][...] = bias
        self.parameters = model.coefs_ + model.intercepts_
        self.optimizer = AdamOptimizer(self.parameters, self.problem.learning_rate)
        self.activations = [self.problem.images] + [None] * (len(sizes) - 1)
        self.deltas = [None] * (len(sizes) - 1)
        self.coefficient_gradients = [numpy.empty_like(weight) for weight in model.coefs_]
        self.intercept_gradients = [numpy.empty_like(bias) for bias in model.intercepts_]

    def run(self, steps):
        for _ in range(steps):
            loss, coefficients, intercepts = self.model._backprop(
                self.problem.images,
                self.wanted,
                self.activations,
                self.deltas,
                self.coefficient_gradients,
                self.intercept_gradients,
            )
            self.optimizer.update_params(self.parameters, coefficients + intercepts)
        return float(loss)


serve(ScikitLearn)
