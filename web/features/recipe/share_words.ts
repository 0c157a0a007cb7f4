import { formatCount, formatList } from '../../lib/format.js';
import { translated } from '../../lib/language.js';
import type { Problem } from './problem.js';

const english = {
  title: 'Take the recipe along',
  help: 'The address of this page holds the recipe: copy it to share. It never holds your model or data.',
  tooLong: 'The recipe has grown too long for an address. Copy or save it instead.',
  copyLink: 'Copy link',
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'The browser refused the clipboard. The text is selected: press Ctrl+C, or ⌘C.',
  form: 'Form',
  forms: { octolite: 'Octolite', litert: 'LiteRT Quantizer' },
  formHelp: {
    octolite: 'Everything: settings, exceptions, ranges, preprocessing.',
    litert:
      'The rules, as Octolite and the LiteRT Quantizer read them. Observer, recovery, compression, target and ranges are not in them.',
  },
  json: 'The recipe as JSON',
  save: 'Save as file',
  paste: 'Paste',
  open: 'Open file…',
  pasteLabel: 'Paste a recipe here',
  pasteHelp: 'Either form as JSON, or a link to this page with a recipe in it.',
  use: 'Use this recipe',
  taken: 'The recipe was taken over',
  address: 'the address of this page',
  pasted: 'what was pasted',
  refused: 'This recipe was not taken',
  next: 'What was set stays. Mend it, or make the recipe anew here and copy that.',
  snippets: 'The same in code',
  snippetsHelp: 'Makes the same file outside this page.',
  languages: { javascript: 'JavaScript (npm)', shell: 'Command line', python: 'Python' },
  copyOf: (what: string) => `Copy ${what}`,
  what: (problem: Problem): string => {
    switch (problem.kind) {
      case 'tooLong':
        return `It has ${formatCount(problem.length)} characters; at most ${formatCount(problem.most)} are read.`;
      case 'notJson':
        return `It is not JSON: ${problem.detail}.`;
      case 'damaged':
        return 'It is damaged, or was cut off on its way.';
      case 'version':
        return `Its version is ${problem.given}; this page knows version 1.`;
      case 'unknown':
        return `“${problem.path}” is not known. Known are ${formatList(problem.known)}.`;
      case 'value':
        return `${problem.path || 'It'} is ${problem.given}; expected: ${problem.expected}.`;
      case 'contradiction':
        return `${problem.path} is ${problem.given}, which does not go with the other settings.`;
      case 'library':
        return [problem.what, problem.hint].filter(Boolean).join('; ') + '.';
    }
  },
};

export const words = translated<typeof english>({
  en: english,
  zh: {
    title: '带走方案',
    help: '本页地址中即含此方案，复制即可分享。地址中绝不含您的模型或数据。',
    tooLong: '方案过长，无法放入地址。请复制或保存。',
    copyLink: '复制链接',
    copy: '复制',
    copied: '已复制',
    notCopied: '浏览器拒绝访问剪贴板。文本已选中：请按 Ctrl+C 或 ⌘C。',
    form: '格式',
    forms: { octolite: 'Octolite', litert: 'LiteRT Quantizer' },
    formHelp: {
      octolite: '全部内容：设置、例外、范围、预处理。',
      litert:
        '规则部分，Octolite 与 LiteRT Quantizer 均可读取。不含观察器、精度恢复、压缩、目标平台与范围。',
    },
    json: 'JSON 形式的方案',
    save: '保存为文件',
    paste: '粘贴',
    open: '打开文件…',
    pasteLabel: '在此粘贴方案',
    pasteHelp: '任一格式的 JSON，或含方案的本页链接。',
    use: '使用此方案',
    taken: '已采用该方案',
    address: '本页地址',
    pasted: '粘贴的内容',
    refused: '未采用此方案',
    next: '原有设置保持不变。请修正，或在此重新设置后再复制。',
    snippets: '用代码实现',
    snippetsHelp: '在本页之外生成同样的文件。',
    languages: { javascript: 'JavaScript（npm）', shell: '命令行', python: 'Python' },
    copyOf: (what) => `复制 ${what}`,
    what: (problem) => {
      switch (problem.kind) {
        case 'tooLong':
          return `共 ${formatCount(problem.length)} 个字符，最多读取 ${formatCount(problem.most)} 个。`;
        case 'notJson':
          return `不是 JSON：${problem.detail}。`;
        case 'damaged':
          return '内容已损坏，或在传送中被截断。';
        case 'version':
          return `其版本为 ${problem.given}，本页只认识版本 1。`;
        case 'unknown':
          return `不认识“${problem.path}”。已知的有：${formatList(problem.known)}。`;
        case 'value':
          return `${problem.path || '内容'} 为 ${problem.given}，应为：${problem.expected}。`;
        case 'contradiction':
          return `${problem.path} 为 ${problem.given}，与其他设置矛盾。`;
        case 'library':
          return `${[problem.what, problem.hint].filter(Boolean).join('; ')}.`;
      }
    },
  },
});
