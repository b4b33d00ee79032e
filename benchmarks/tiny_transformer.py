"""A transformer of two small layers on top of a static member, within a strict budget of seconds.

    python benchmarks/tiny_transformer.py --data DIR --stard DIR --home HOME --word RUN \
        --out FILE.jsonl [--seconds N]

The static member is the baseline of `embedding_leads.py`; its first 128 principal axes are the
embeddings. The output is their mean plus what the layers add, which is nothing to begin with: the
transformer can only be worse than the 128 static components by what it learns. Multiple negatives
ranking on the training pairs, batches of 128, texts of at most 64 tokens, until ``--seconds`` of
processor are spent; the rate falls with the seconds, so the figures depend a little on the machine.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from embedding_leads import LEADS, SEED, Judged, Learned, Rows
from torch import Tensor, nn
from torch.nn import functional

from kb.train.data import read_pairs
from kb.train.finish import turned
from kb.train.loss import known, ranking_loss
from kb.train.member import Texts, _start, answers_of, batches
from kb.train.parts import sharing
from kb.train.recipe import Recipe
from kb.train.table import encode
from kb.train.vocabulary import UNKNOWN, alphabet, learn, learned_from

WIDTH, LAYERS, HEADS, INNER = 128, 2, 4, 256
LONGEST = 64
BATCH = 128
RATE = 5e-4


class Tiny(nn.Module):
    """Token embeddings, two layers, the mean of both."""

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self.pad = len(rows)
        spread = float(rows.std())
        padded = np.vstack([rows / spread, np.zeros((1, WIDTH), np.float32)])
        self.tokens = nn.Embedding.from_pretrained(
            torch.from_numpy(padded), freeze=False, padding_idx=self.pad
        )
        self.places = nn.Parameter(torch.zeros(LONGEST, WIDTH))
        layer = nn.TransformerEncoderLayer(
            WIDTH, HEADS, INNER, dropout=0.0, batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
        self.last = nn.Linear(WIDTH, WIDTH)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, texts: list[list[int]], *, layers: bool = True) -> Tensor:
        """Sums of texts, shape (texts, width); without ``layers`` what they started from."""
        longest = max([1, *map(len, texts)])
        ids = torch.full((len(texts), longest), self.pad)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = torch.tensor(text, dtype=torch.long)
        empty = ids == self.pad
        empty[:, 0] = False
        static = self.tokens(ids)
        if not layers:
            return static.sum(1)
        seen = self.layers(static + self.places[:longest], src_key_padding_mask=empty)
        added = static + self.last(seen)
        return (added * ~empty[..., None]).sum(1)


def encoded(model: Tiny, texts: list[list[int]], *, layers: bool, block: int = 256) -> Rows:
    """Unit rows; texts of like length together."""
    out = np.zeros((len(texts), WIDTH), np.float32)
    order = np.argsort([len(t) for t in texts], kind="stable").tolist()
    with torch.no_grad():
        for start in range(0, len(order), block):
            some = order[start : start + block]
            out[some] = functional.normalize(
                model([texts[i] for i in some], layers=layers), dim=1
            ).numpy()
    return out


def cut(tokenizer: Any, texts: list[str]) -> list[list[int]]:
    """Token ids, at most `LONGEST` a text."""
    found = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
    return [encoding.ids[:LONGEST] for encoding in found]


def main() -> None:
    """Static member, its first axes, the transformer on them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("data", "stard", "home", "word", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--seconds", type=int, default=900)
    args = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    rng = np.random.default_rng(SEED)
    pairs = read_pairs(args.data, seed=SEED)
    recipe = Recipe()
    tokenizer = learn(
        learned_from(pairs),
        size=recipe.vocabulary,
        longest=recipe.longest,
        characters=alphabet(pairs),
    )
    judged = Judged(args.stard, args.home, args.word)
    texts = Texts([t for p in pairs for t in (p.query, p.passage)], tokenizer)
    lead = LEADS["baseline"]
    member = Learned(
        sharing(tokenizer.get_vocab(), unknown=UNKNOWN), _start(texts, lead.dimensions, rng), lead
    )
    member.fit(pairs, texts, args.steps, rng)
    tokens = member.tokens()
    along = turned(tokens, encode(texts.counts[::7], tokens))
    model = Tiny(np.ascontiguousarray(along[:, :WIDTH]))
    asked = cut(tokenizer, list(judged.queries.values()))
    shelf = cut(tokenizer, judged.texts)
    ids = cut(tokenizer, list(texts.number))

    def say(name: str, *, layers: bool, **more: float) -> None:
        began = time.process_time()
        found = judged.measure(
            encoded(model, asked, layers=layers), encoded(model, shelf, layers=layers)
        )
        took = round(time.process_time() - began)
        line = json.dumps({"trial": name, **found, **more, "encoding": took}, ensure_ascii=False)
        print(line, flush=True)
        with args.out.open("a", encoding="utf-8") as out:
            out.write(line + "\n")

    say("static, 128 axes, 64 tokens", layers=False)
    slow = [model.tokens.weight]
    fast = [p for name, p in model.named_parameters() if name != "tokens.weight"]
    adam = torch.optim.Adam([{"params": slow, "share": 10.0}, {"params": fast, "share": 1.0}])
    queries = texts.numbers([pair.query for pair in pairs])
    passages = texts.numbers([pair.passage for pair in pairs])
    answers = answers_of(pairs, texts)
    seen = np.repeat(np.arange(len(pairs)), [pair.repeats for pair in pairs])
    began, steps = time.process_time(), 0
    while (spent := time.process_time() - began) < args.seconds:
        for batch in batches(len(seen), BATCH, rng):
            spent = time.process_time() - began
            if spent >= args.seconds:
                break
            for group in adam.param_groups:
                left = max(0.02, 1 - spent / args.seconds)
                group["lr"] = RATE * group["share"] * min(1.0, (steps + 1) / 50) * left
            q, p = queries[seen[batch]], passages[seen[batch]]
            skip = torch.from_numpy(known(q, p, answers))
            loss = ranking_loss(model([ids[i] for i in q]), model([ids[i] for i in p]), skip)
            adam.zero_grad()
            loss.backward()
            adam.step()
            steps += 1
    say(
        "transformer on them",
        layers=True,
        seconds=round(spent),
        steps=steps,
        loss=round(loss.item(), 3),
    )


if __name__ == "__main__":
    main()
