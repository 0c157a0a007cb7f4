/** Which points of a body or hand a line joins. */
type Bones = readonly (readonly [number, number])[];

/** A chain of points, each joined to the next. */
function chain(...points: number[]): Bones {
  return points.slice(1).map((point, i) => [points[i]!, point] as const);
}

/** COCO's 17: nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles, left before right. */
export const BODY_17: Bones = [
  ...chain(3, 1, 0, 2, 4),
  ...chain(9, 7, 5, 6, 8, 10),
  ...chain(5, 11, 13, 15),
  ...chain(6, 12, 14, 16),
  ...chain(11, 12),
];

/** BlazePose's 33: a face of 11, then shoulders, arms with fingers, hips, legs with feet. */
export const BODY_33: Bones = [
  ...chain(8, 6, 5, 4, 0, 1, 2, 3, 7),
  ...chain(9, 10),
  ...chain(19, 15, 13, 11, 12, 14, 16, 20),
  ...chain(15, 17, 19),
  ...chain(16, 18, 20),
  ...chain(15, 21),
  ...chain(16, 22),
  ...chain(11, 23, 25, 27, 29, 31, 27),
  ...chain(12, 24, 26, 28, 30, 32, 28),
  ...chain(23, 24),
];

/** A hand's 21: the wrist, then four of each finger, from the thumb. */
export const HAND_21: Bones = [
  ...chain(0, 1, 2, 3, 4),
  ...chain(0, 5, 6, 7, 8),
  ...chain(9, 10, 11, 12),
  ...chain(13, 14, 15, 16),
  ...chain(0, 17, 18, 19, 20),
  ...chain(5, 9, 13, 17),
];
