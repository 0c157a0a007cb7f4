import { translated } from '../../lib/language.js';

export const words = translated({
  en: {
    title: 'Take away',
    model: (size: string) => `Download model (${size})`,
    reportJson: 'Download report (JSON)',
    makeHtml: 'Make report (HTML)',
    measuring: 'Measuring layers…',
    reportHtml: 'Download report (HTML)',
    saveAs: 'Save model as…',
    saved: (name: string) => `${name} is saved`,
    notSaved: 'The file could not be saved',
    notSavedNext: 'Choose another place, or use the download.',
    noReport: 'The report could not be made',
    noReportNext: 'Measure the layers again, below, or take the JSON.',
    stopped: 'Measuring the layers was stopped.',
  },
  zh: {
    title: '带走结果',
    model: (size) => `下载模型（${size}）`,
    reportJson: '下载报告（JSON）',
    makeHtml: '生成报告（HTML）',
    measuring: '正在测量各层…',
    reportHtml: '下载报告（HTML）',
    saveAs: '模型另存为…',
    saved: (name) => `已保存 ${name}`,
    notSaved: '文件无法保存',
    notSavedNext: '请另选位置，或直接下载。',
    noReport: '无法生成报告',
    noReportNext: '请在下方重新测量各层，或使用 JSON 报告。',
    stopped: '各层测量已停止。',
  },
});
