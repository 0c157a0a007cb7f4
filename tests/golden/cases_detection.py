"""Suppression of overlapping boxes: NON_MAX_SUPPRESSION_V4 and V5, TFLite_Detection_PostProcess."""

import flatbuffers.flexbuffers
import numpy as np

from model_builder import ModelBuilder, Quantization


def boxes_and_scores(count, seed, steps=None):
  """Overlapping boxes as corners, and scores; of `steps` different ones, so that some are equal."""
  rng = np.random.default_rng(seed)
  center, size = rng.uniform(0, 4, [count, 2]), rng.uniform(0.5, 2, [count, 2])
  corners = np.concatenate([center - size / 2, center + size / 2], 1).astype(np.float32)
  scores = rng.uniform(0, 1, count)
  return corners, (np.round(scores * steps) / steps if steps else scores).astype(np.float32)


def suppression(name, soft, most, iou, score, sigma=0.0, count=12, seed=3, steps=None, runtime=False, boxes=None):
  builder = ModelBuilder(allow_uniform=True)
  corners, scores = boxes_and_scores(count, seed, steps)
  corners = corners if boxes is None else np.asarray(boxes, np.float32)
  inputs = [builder.input(corners.shape, 'float32'), builder.input(scores.shape, 'float32')]
  values = [np.int32(most), np.float32(iou), np.float32(score)] + [np.float32(sigma)] * soft
  given = [corners, scores]
  for value in values:
    if runtime:
      inputs.append(builder.input([], value.dtype.name))
      given.append(value)
    else:
      inputs.append(builder.constant(value, value.dtype.name))
  lists = ['int32', 'float32'] if soft else ['int32']
  outputs = [builder.output([most], dtype) for dtype in lists] + [builder.output([], 'int32')]
  builder.operator('NON_MAX_SUPPRESSION_V5' if soft else 'NON_MAX_SUPPRESSION_V4', inputs, outputs, 1,
                   'NonMaxSuppressionV5Options' if soft else 'NonMaxSuppressionV4Options')
  return name, builder, given


def suppression_cases(soft):
  more = dict(sigma=0.5) if soft else {}
  rows = [suppression(name, soft, most, iou, score, **options, **more) for name, most, iou, score, options in (
      ('all', 12, 0.5, -1.0, {}), ('some', 4, 0.3, 0.2, {}), ('threshold', 10, 0.5, 0.6, {}), ('none', 5, 0.5, 2.0, {}),
      ('ties', 12, 0.4, 0.1, dict(steps=3, count=16)), ('many_ties', 20, 0.6, 0.0, dict(steps=4, count=40, seed=8)),
      ('equal', 12, 0.9, 0.1, dict(steps=1, count=12, seed=5)), ('runtime', 6, 0.5, 0.1, dict(runtime=True)),
      ('flipped', 6, 0.5, 0.0, dict(count=3, boxes=[[1, 1, 0, 0], [0, 0.1, 1, 1.1], [3, 3, 2, 2]])),
      ('no_area', 4, 0.5, 0.0, dict(count=2, boxes=[[0, 0, 0, 1], [2, 2, 3, 3]])))]
  if soft:
    rows += [suppression('hard', soft, 8, 0.3, 0.1), suppression('wide', soft, 12, 1.0, 0.05, sigma=2.0, count=20),
             suppression('narrow', soft, 12, 0.8, 0.2, sigma=0.05, count=20, seed=9)]
  return rows


def detection(name, count=20, classes=3, background=True, kind='float32', seed=1, steps=None, width=4, **options):
  rng = np.random.default_rng(seed)
  columns = classes + background
  anchors = np.concatenate([rng.uniform(0, 1, [count, 2]), rng.uniform(0.2, 0.5, [count, 2])], 1).astype(np.float32)
  codes = rng.uniform(-1, 1, [1, count, width]).astype(np.float32)
  scores = rng.uniform(0, 1, [1, count, columns])
  scores = (np.round(scores * steps) / steps if steps else scores).astype(np.float32)
  settings = dict(max_detections=6, max_classes_per_detection=1, num_classes=classes, nms_score_threshold=0.1, nms_iou_threshold=0.5,
                  y_scale=10.0, x_scale=10.0, h_scale=5.0, w_scale=5.0) | options
  q = {'uint8': [Quantization(1 / 100, 120), Quantization(1 / 255, 0), Quantization(1 / 200, 3)]}.get(kind, [None] * 3)
  values = [codes, scores, anchors]
  if kind == 'uint8':
    values = [np.clip(np.round(x / p.scale[0]) + p.zero_point[0], 0, 255).astype(np.uint8) for x, p in zip(values, q)]
  builder = ModelBuilder()
  x = builder.input(codes.shape, kind, q[0])
  s = builder.input(scores.shape, kind, q[1])
  a = builder.tensor(anchors.shape, kind, q[2], values[2])
  places = settings['max_detections'] * settings['max_classes_per_detection']
  outputs = [builder.output(shape, 'float32') for shape in ([1, places, 4], [1, places], [1, places], [1])]
  builder.operator('TFLite_Detection_PostProcess', [x, s, a], outputs, 1, custom_options=bytes(flatbuffers.flexbuffers.Dumps(settings)))
  return name, builder, values[:2]


def detection_cases():
  # The fast suppression leaves what it does not use of the outputs as it was: all cases of it use everything.
  return [
      detection('fast'), detection('fast_uint8', kind='uint8'), detection('fast_no_background', background=False, classes=4),
      detection('fast_two_classes', max_classes_per_detection=2, max_detections=4),
      detection('fast_ties', steps=4, count=30), detection('fast_two_classes_ties', steps=2, max_classes_per_detection=3, classes=6, max_detections=3),
      detection('fast_strict', nms_iou_threshold=0.1, max_detections=3, count=30), detection('fast_one_class', classes=1),
      detection('fast_wide_codes', width=7),
      detection('regular', use_regular_nms=True), detection('regular_uint8', use_regular_nms=True, kind='uint8'),
      detection('regular_ties', use_regular_nms=True, steps=4, count=30, max_detections=10),
      detection('regular_per_class', use_regular_nms=True, detections_per_class=2, max_detections=5),
      detection('regular_few', use_regular_nms=True, nms_score_threshold=0.9, max_detections=20),
      detection('regular_none', use_regular_nms=True, nms_score_threshold=1.5, max_detections=3),
  ]


def cases():
  return {'non_max_suppression_v4': suppression_cases(False), 'non_max_suppression_v5': suppression_cases(True),
          'tflite_detection_postprocess': detection_cases()}
