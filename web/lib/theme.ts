import { effect, signal } from '@preact/signals';
import { keep, kept } from './kept.js';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORED = 'theme';

export const theme = signal<Theme>(THEMES.find((each) => each === kept(STORED)) ?? 'system');

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  keep(STORED, chosen);
}

/** Keeps the root's `data-theme`, which the colours go by, at what is chosen or the system says. */
export function followTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const systemIsDark = signal(dark.matches);
  dark.addEventListener('change', () => (systemIsDark.value = dark.matches));
  effect(() => {
    const system = systemIsDark.value ? 'dark' : 'light';
    document.documentElement.dataset['theme'] = theme.value === 'system' ? system : theme.value;
  });
}
