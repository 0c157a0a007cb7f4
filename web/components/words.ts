import { translated } from '../lib/language.js';

export const words = translated({
  en: { dismiss: 'Dismiss', what: 'What', where: 'Where', next: 'Next' },
  zh: { dismiss: '关闭', what: '原因', where: '位置', next: '下一步' },
});
