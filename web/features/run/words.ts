import { formatCount } from '../../lib/format.js';
import { translated } from '../../lib/language.js';
import type { Stage } from './state.js';

const english = {
  title: 'Run',
  quantize: 'Quantize',
  working: 'Working…',
  cancel: 'Cancel',
  cancelled: 'Cancelled',
  nothingChanged: 'Cancelled; nothing was changed.',
  live: 'Requantize as I change things',
  liveHelp: 'A changed recipe is calibrated, quantized and timed only where it has to be.',
  stages: {
    calibrate: 'Calibrate',
    quantize: 'Quantize',
    recover: 'Recover',
    compare: 'Compare',
    evaluate: 'Score',
    benchmark: 'Time',
  } satisfies Record<Stage, string> as Record<Stage, string>,
  isDone: 'done',
  isKept: 'kept from before',
  of: (done: number, total: number) => `${formatCount(done)} of ${formatCount(total)}`,
  left: (seconds: number) =>
    seconds < 60 ? `${seconds} s left` : `${Math.round(seconds / 60)} min left`,
  isWaiting: 'waits until this tab is in view: one in the background is timed wrongly',
  done: (result: string) => `Done: ${result}`,
};

export const words = translated({
  en: english,
  zh: {
    title: '运行',
    quantize: '量化',
    working: '正在处理…',
    cancel: '取消',
    cancelled: '已取消',
    nothingChanged: '已取消，未作任何更改。',
    live: '更改设置时自动重新量化',
    liveHelp: '更改方案后，只重做必要的校准、量化和计时。',
    stages: {
      calibrate: '校准',
      quantize: '量化',
      recover: '恢复精度',
      compare: '比较',
      evaluate: '评分',
      benchmark: '计时',
    },
    isDone: '已完成',
    isKept: '沿用之前的结果',
    of: (done, total) => `${formatCount(done)} / ${formatCount(total)}`,
    left: (seconds) =>
      seconds < 60 ? `剩余 ${seconds} 秒` : `剩余 ${Math.round(seconds / 60)} 分钟`,
    isWaiting: '等待此标签页回到前台：在后台计时不准确',
    done: (result) => `完成：${result}`,
  },
});
