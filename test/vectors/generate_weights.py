#!/usr/bin/env python3
"""Writes weighted.json: what scikit-learn computes of images that count differently (its `sample_weight`).

Run it on any machine that has it (Debian: apt-get install python3-sklearn):

    python3 generate_weights.py [OUT_DIR] [SEED]

Weights are drawn from an exponential distribution, some of them 0; in the last cases they are float32 numbers, as a
dataset keeps them. Scores have many ties. `logits` are scores before softmax; `logLoss` is of their softmax.
"""
import json
import sys
from pathlib import Path

import numpy as np
import sklearn
from scipy.special import log_softmax, softmax
from sklearn import metrics as M
from sklearn.utils.class_weight import compute_class_weight

OUT = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
rng = np.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 1)


def weights(n, case):
    w = rng.exponential(1, n)
    w[rng.random(n) < 0.15] = 0
    return np.float64(np.float32(w)) if case >= 6 else w


def binary(n, case):
    y = np.concatenate([[0, 1], (rng.random(n - 2) < 0.35)]).astype(int)
    score = np.round(np.clip(0.35 * y + rng.normal(0.3, 0.25, n), 0, 1), 1 if case % 2 else 3)
    w = weights(n, case)
    w[:2] = [0.7, 1.3]
    p = (score > 0.5).astype(int)
    fpr, tpr, _ = M.roc_curve(y, score, sample_weight=w, drop_intermediate=False)
    return dict(kind="binary", truth=y.tolist(), score=score.tolist(), predicted=p.tolist(), weights=w.tolist(),
                accuracy=M.accuracy_score(y, p, sample_weight=w), recall=M.recall_score(y, p, sample_weight=w),
                specificity=M.recall_score(y, p, pos_label=0, sample_weight=w),
                precision=M.precision_score(y, p, sample_weight=w), f1=M.f1_score(y, p, sample_weight=w),
                jaccard=M.jaccard_score(y, p, sample_weight=w),
                balancedAccuracy=M.balanced_accuracy_score(y, p, sample_weight=w),
                confusion=M.confusion_matrix(y, p, sample_weight=w).tolist(),
                rocAuc=M.roc_auc_score(y, score, sample_weight=w), roc=dict(fpr=fpr.tolist(), tpr=tpr.tolist()))


def multiclass(n, classes, case):
    y = np.concatenate([np.arange(classes), rng.integers(0, classes, n - classes)])
    logits = np.float64(np.float32(2 * np.eye(classes)[y] + rng.normal(0, 1.5, (n, classes))))
    p = softmax(logits, axis=1)
    w = weights(n, case)
    w[:classes] = 1
    said = p.argmax(1)
    macro = dict(average="macro", zero_division=0, sample_weight=w)
    loss = -log_softmax(logits, axis=1)[np.arange(n), y]
    assert abs((w * loss).sum() / w.sum() - M.log_loss(y, p, sample_weight=w)) < 1e-12
    return dict(kind="multiclass", truth=y.tolist(), classes=classes, logits=logits.reshape(-1).tolist(),
                probabilities=p.reshape(-1).tolist(), predicted=said.tolist(), weights=w.tolist(),
                accuracy=M.accuracy_score(y, said, sample_weight=w), recall=M.recall_score(y, said, **macro),
                precision=M.precision_score(y, said, **macro), f1=M.f1_score(y, said, **macro),
                jaccard=M.jaccard_score(y, said, **macro),
                balancedAccuracy=M.balanced_accuracy_score(y, said, sample_weight=w),
                confusion=M.confusion_matrix(y, said, sample_weight=w).tolist(),
                rocAuc=M.roc_auc_score(y, p, multi_class="ovr", average="macro", sample_weight=w),
                logLoss=M.log_loss(y, p, sample_weight=w),
                classWeights=compute_class_weight("balanced", classes=np.arange(classes), y=y).tolist())


cases = [binary(n, k) for k, n in enumerate([12, 25, 40, 60, 33, 50, 30, 30])]
cases += [multiclass(n, c, k) for k, (n, c) in enumerate([(20, 3), (45, 4), (60, 5), (40, 3), (25, 3), (70, 6), (40, 4), (40, 3)])]
source = "scikit-learn " + sklearn.__version__ + ", generate_weights.py"
(OUT / "weighted.json").write_text(json.dumps({"source": source, "cases": cases}) + "\n")
print("weighted", len(cases))
