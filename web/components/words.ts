import { translated } from '../lib/language.js';

export const words = translated({
  en: {
    dismiss: 'Dismiss',
    what: 'What',
    where: 'Where',
    next: 'Next',
    notLoadedTitle: 'A part of the page could not be loaded',
    notLoaded:
      'Its script did not arrive: the connection is down, or the site has changed since this page was loaded. What is open stays as it is.',
    tryAgain: 'Try again',
  },
  zh: {
    dismiss: '关闭',
    what: '原因',
    where: '位置',
    next: '下一步',
    notLoadedTitle: '页面的一部分未能加载',
    notLoaded: '未收到相应的脚本：网络已断开，或站点在页面加载之后有更新。已打开的内容不受影响。',
    tryAgain: '重试',
  },
});
