import type { RuntimeInfo } from 'octolite';
import { translated } from './lib/language.js';

/** Words of the frame: header, footer. */
export const words = translated({
  en: {
    title: 'Octolite: quantize TensorFlow Lite models in this tab',
    private: 'Nothing leaves this tab',
    language: 'Language',
    theme: 'Theme',
    themes: { system: 'System', light: 'Light', dark: 'Dark' },
    skip: 'Skip to the content',
    sectionsLabel: 'Sections',
    sections: {
      recipe: 'Recipe',
      data: 'Data',
      verdict: 'Verdict',
      tryit: 'Try it',
      layers: 'Layers',
      inside: 'Inside',
    },
    shortcuts: 'Keyboard shortcuts',
    keys: {
      o: 'Open a model',
      q: 'Quantize',
      s: 'Save the quantized model',
      Escape: 'Cancel what is running',
      '?': 'Show this list',
    },
    shortcutsOn: 'Single keys work where no field has the focus',
    close: 'Close',
    plainSimd: (reason: string) =>
      `Speeds here are of plain 128-bit SIMD, without the faster relaxed instructions: ${reason}.`,
    promise:
      'Your model and data stay on this machine: this page’s security policy forbids requests to anywhere but the place it came from.',
    starting: 'Starting…',
    runtime: ({ version, variant, threads, variantReason }: RuntimeInfo) =>
      `Octolite ${version}, ${variant === 'simd128' ? '128-bit SIMD' : 'relaxed SIMD'}, ${threads === 1 ? 'one thread' : `${threads} threads`}: ${variantReason}.`,
    kept: 'The page is kept on this machine and works without a network.',
    whole: 'All of the page is loaded: until it is closed, it needs no network.',
    newVersion: 'New version',
    updateReady: 'A newer version of this page is ready. Reloading closes what is open.',
    reload: 'Reload',
    documentation: 'Documentation',
  },
  zh: {
    title: 'Octolite：在浏览器标签页中量化 TensorFlow Lite 模型',
    private: '数据不会离开此标签页',
    language: '语言',
    theme: '主题',
    themes: { system: '跟随系统', light: '浅色', dark: '深色' },
    skip: '跳到主要内容',
    sectionsLabel: '各部分',
    sections: {
      recipe: '方案',
      data: '数据',
      verdict: '结论',
      tryit: '试用',
      layers: '各层',
      inside: '内容',
    },
    shortcuts: '键盘快捷键',
    keys: {
      o: '打开模型',
      q: '量化',
      s: '保存量化后的模型',
      Escape: '取消正在运行的任务',
      '?': '显示此列表',
    },
    shortcutsOn: '焦点不在输入框时启用单键快捷键',
    close: '关闭',
    plainSimd: (reason) =>
      `此处的速度为普通 128 位 SIMD 的结果，未使用更快的 relaxed 指令：${reason}。`,
    promise: '模型和数据只留在本机：此页面的安全策略禁止向来源站点以外的任何地址发送请求。',
    starting: '正在启动…',
    runtime: ({ version, variant, threads, variantReason }) =>
      `Octolite ${version}，${variant === 'simd128' ? '128 位 SIMD' : 'relaxed SIMD'}，${threads} 个线程：${variantReason}。`,
    kept: '页面已保存在本机，无需网络即可使用。',
    whole: '页面已全部载入：关闭之前无需网络。',
    newVersion: '新版本',
    updateReady: '此页面的新版本已就绪。重新加载会关闭已打开的内容。',
    reload: '重新加载',
    documentation: '文档',
  },
});
