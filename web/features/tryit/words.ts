import { formatDecibels, formatList, formatPercent } from '../../lib/format.js';
import { translated } from '../../lib/language.js';
import type { Agreement } from './agreement.js';

type Of<Kind extends Agreement['kind']> = Extract<Agreement, { kind: Kind }>;

export const words = translated({
  en: {
    title: 'Try it',
    help: 'The float and the quantized model on the same input, side by side.',
    before: 'Float',
    after: 'Quantized',
    input: 'Input',
    inputs: {
      samples: 'Samples',
      file: 'File',
      camera: 'Camera',
      microphone: 'Microphone',
      random: 'Random',
    },
    chooseFile: 'Choose a file…',
    dropHere: 'Or drop one here: a picture, a sound, npy, npz or csv.',
    chosen: (name: string) => `Shown: ${name}`,
    piece: 'Piece',
    filled: (names: readonly string[]) =>
      `Nothing was given for ${formatList(names)}: filled with random values, the same each time.`,
    starting: 'Waiting for the camera or microphone…',
    stays: 'What it sees or hears stays in this tab.',
    waits: 'Waits while the models are measured.',
    pause: 'Pause',
    resume: 'Go on',
    run: 'Which models run',
    both: 'Both',
    framesPerSecond: (frames: number) => `${frames.toFixed(frames < 10 ? 1 : 0)} fps`,
    together: 'Shown',
    sound: 'The sound that both models are given',
    previous: 'Previous',
    next: 'Next',
    sampleNumber: 'Sample',
    ofSamples: (count: number) => `of ${count}`,
    another: 'Another',
    readAs: 'Read the outputs as',
    automatic: (adapter: string) => `Automatic: ${adapter}`,
    adapters: {
      classification: 'classes',
      detection: 'boxes (SSD)',
      yolo: 'boxes (YOLO)',
      anchors: 'faces or palms (anchors)',
      keypoints: 'body key points (MoveNet)',
      landmarks: 'landmarks',
      segmentation: 'segmentation',
      image: 'picture',
      raw: 'raw tensors',
    },
    ghost: 'behind it: float',
    zoom: 'Zoom',
    shift: { x: 'Left to right', y: 'Top to bottom' },
    found: 'Found',
    leastScore: 'Least score',
    boxCount: (count: number) => (count === 1 ? '1 box' : `${count} boxes`),
    asTable: 'As a table',
    boxesTable: 'Boxes of both models, with their scores',
    overlapColumn: 'Overlap',
    absent: (presence: number) =>
      `The models themselves say that there may be nothing to find (${formatPercent(presence)} sure). They want a face, hand or body that fills the picture: zoom in.`,
    pointCount: (count: number) => `${count} points`,
    pointsTable: 'Places of the points, in pixels of the input (x, y)',
    point: 'Point',
    background: 'background',
    opacity: 'Opacity',
    where: 'Where they differ',
    masksTable: 'How much of the picture each class has',
    amplify: 'Amplify the difference',
    times: (times: number) => `${Number(times.toFixed(1))}×`,
    differenceTimes: (times: number) => `Difference, ${times}×`,
    unreadable: 'The outputs cannot be read this way. Choose another one.',
    given: 'What both models are given',
    className: (number: number) => `class ${number}`,
    softmaxed: 'The model gives logits; what is shown is their softmax.',
    scoresTable: 'The best classes and their scores',
    classColumn: 'Class',
    agreement: 'Agreement',
    sameClass: (name: string) => `Same top class: ${name}`,
    otherClass: (from: string, to: string) => `Another top class: ${from} became ${to}`,
    common: ({ common, of }: Of<'scores'>) => `${common} of the ${of} likeliest classes in common`,
    largestScore: (points: number) => `scores differ by at most ${formatPercent(points)}`,
    boxesFound: ({ ofBoxes, otherBoxes, matched }: Of<'boxes'>) =>
      ofBoxes === 0 && otherBoxes === 0
        ? 'Neither finds anything here'
        : matched === ofBoxes && matched === otherBoxes
          ? matched === 1
            ? 'Both find the same box'
            : `Both find the same ${matched} boxes`
          : `${matched} boxes in common; float finds ${ofBoxes}, quantized ${otherBoxes}`,
    boxesOverlap: (share: number) => `they overlap ${formatPercent(share)}`,
    farthest: (pixels: number) => `key points at most ${pixels.toFixed(1)} px apart`,
    pointsApart: (pixels: number) => `Points at most ${pixels.toFixed(1)} px apart`,
    pointsMean: (pixels: number) => `${pixels.toFixed(1)} px on average`,
    maskSame: (share: number) => `${formatPercent(share)} of the pixels have the same class`,
    maskOverlap: (share: number) => `classes overlap ${formatPercent(share)} (mean IoU)`,
    pictureMean: (shades: number) => `Pictures differ by ${shades.toFixed(1)} of 255 on average`,
    pictureLargest: (shades: number) => `by at most ${shades}`,
    sqnr: (decibels: number) =>
      decibels >= 300 ? 'the outputs are the same' : `SQNR ${formatDecibels(decibels)}`,
    output: 'Output',
    shape: 'Shape',
    values: 'First values',
    range: 'Least, mean, greatest',
    difference: 'SQNR',
    rawTable: 'The outputs of both models',
    working: 'Running both models…',
  },
  zh: {
    title: '试一试',
    help: '浮点模型与量化模型处理同一输入，并排对照。',
    before: '浮点',
    after: '量化',
    input: '输入',
    inputs: {
      samples: '样本',
      file: '文件',
      camera: '摄像头',
      microphone: '麦克风',
      random: '随机',
    },
    chooseFile: '选择文件…',
    dropHere: '或拖放到此处：图片、声音、npy、npz 或 csv。',
    chosen: (name) => `当前：${name}`,
    piece: '片段',
    filled: (names) => `未提供输入 ${formatList(names)}：以随机值填充，每次相同。`,
    starting: '正在等待摄像头或麦克风…',
    stays: '画面和声音只留在本标签页中。',
    waits: '测量模型期间暂停。',
    pause: '暂停',
    resume: '继续',
    run: '运行哪些模型',
    both: '两者',
    framesPerSecond: (frames) => `${frames.toFixed(frames < 10 ? 1 : 0)} 帧/秒`,
    together: '显示',
    sound: '两个模型得到的声音',
    previous: '上一个',
    next: '下一个',
    sampleNumber: '样本',
    ofSamples: (count) => `共 ${count} 个`,
    another: '换一个',
    readAs: '输出的解读方式',
    automatic: (adapter) => `自动：${adapter}`,
    adapters: {
      classification: '分类',
      detection: '检测框（SSD）',
      yolo: '检测框（YOLO）',
      anchors: '人脸或手掌（锚框）',
      keypoints: '人体关键点（MoveNet）',
      landmarks: '特征点',
      segmentation: '分割',
      image: '图像',
      raw: '原始张量',
    },
    ghost: '后面是浮点模型',
    zoom: '缩放',
    shift: { x: '左右', y: '上下' },
    found: '目标',
    leastScore: '最低得分',
    boxCount: (count) => `${count} 个框`,
    asTable: '以表格查看',
    boxesTable: '两个模型的检测框及得分',
    overlapColumn: '重叠率',
    absent: (presence) =>
      `模型认为画面中可能没有目标（置信度 ${formatPercent(presence)}）。请放大，让人脸、手或人体占满画面。`,
    pointCount: (count) => `${count} 个点`,
    pointsTable: '各点在输入图像中的像素位置（x, y）',
    point: '点',
    background: '背景',
    opacity: '不透明度',
    where: '不同之处',
    masksTable: '各类别所占画面比例',
    amplify: '放大差异',
    times: (times) => `${Number(times.toFixed(1))} 倍`,
    differenceTimes: (times) => `差异，${times} 倍`,
    unreadable: '输出无法按此方式解读，请另选一种。',
    given: '两个模型得到的输入',
    className: (number) => `类别 ${number}`,
    softmaxed: '模型输出的是 logits，这里显示 softmax 之后的值。',
    scoresTable: '得分最高的类别',
    classColumn: '类别',
    agreement: '一致性',
    sameClass: (name) => `最高类别相同：${name}`,
    otherClass: (from, to) => `最高类别不同：${from} 变为 ${to}`,
    common: ({ common, of }) => `最可能的 ${of} 个类别中有 ${common} 个相同`,
    largestScore: (points) => `得分最多相差 ${formatPercent(points)}`,
    boxesFound: ({ ofBoxes, otherBoxes, matched }) =>
      ofBoxes === 0 && otherBoxes === 0
        ? '两个模型都没有找到目标'
        : matched === ofBoxes && matched === otherBoxes
          ? `两个模型找到相同的 ${matched} 个框`
          : `共同的框 ${matched} 个；浮点 ${ofBoxes} 个，量化 ${otherBoxes} 个`,
    boxesOverlap: (share) => `平均重叠 ${formatPercent(share)}`,
    farthest: (pixels) => `关键点最多相距 ${pixels.toFixed(1)} 像素`,
    pointsApart: (pixels) => `各点最多相距 ${pixels.toFixed(1)} 像素`,
    pointsMean: (pixels) => `平均相距 ${pixels.toFixed(1)} 像素`,
    maskSame: (share) => `${formatPercent(share)} 的像素类别相同`,
    maskOverlap: (share) => `类别平均重叠 ${formatPercent(share)}（mIoU）`,
    pictureMean: (shades) => `图像平均相差 ${shades.toFixed(1)}（满值 255）`,
    pictureLargest: (shades) => `最多相差 ${shades}`,
    sqnr: (decibels) => (decibels >= 300 ? '输出完全相同' : `信噪比 ${formatDecibels(decibels)}`),
    output: '输出',
    shape: '形状',
    values: '前几个值',
    range: '最小、平均、最大',
    difference: '信噪比',
    rawTable: '两个模型的输出',
    working: '正在运行两个模型…',
  },
});

/** What a class is called. */
export function nameOf(names: readonly string[], number: number): string {
  return names[number] ?? words.value.className(number);
}

function phrasesOf(agreement: Agreement, names: readonly string[]): string[] {
  const { value } = words;
  switch (agreement.kind) {
    case 'scores': {
      const [from, to] = [agreement.ofClass, agreement.otherClass].map((each) =>
        nameOf(names, each),
      ) as [string, string];
      return [
        agreement.ofClass === agreement.otherClass
          ? value.sameClass(from)
          : value.otherClass(from, to),
        ...(agreement.of > 1 ? [value.common(agreement)] : []),
        value.largestScore(agreement.largest),
      ];
    }
    case 'boxes':
      return [
        value.boxesFound(agreement),
        ...(agreement.matched > 0 ? [value.boxesOverlap(agreement.overlap)] : []),
        ...(agreement.farthest === null ? [] : [value.farthest(agreement.farthest)]),
      ];
    case 'points':
      return [value.pointsApart(agreement.farthest), value.pointsMean(agreement.mean)];
    case 'mask':
      return [value.maskSame(agreement.same), value.maskOverlap(agreement.overlap)];
    case 'picture':
      return [value.pictureMean(agreement.mean), value.pictureLargest(agreement.largest)];
    case 'raw':
      return [];
  }
}

/**
 * How far both models agree on this input, in words; the first says most.
 * @param noise SQNR that stands for all outputs, in dB.
 */
export function agreementPhrases(
  agreement: Agreement,
  noise: number | null,
  names: readonly string[],
): string[] {
  return [...phrasesOf(agreement, names), ...(noise === null ? [] : [words.value.sqnr(noise)])];
}
