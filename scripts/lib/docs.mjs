// Builds the documentation: the guides of docs/, and the reference of what the package exports.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { Application, Converter, KindRouter, PageEvent, ReflectionKind } from 'typedoc';
import { root } from './process.mjs';

/** In the order in which they are to be read; what is not named here comes behind them. */
const GUIDES = [
  'first-model',
  'choosing-a-recipe',
  'what-int8-costs',
  'reading-the-report',
  'running-models',
  'custom-operators',
  'deploying',
  'cli',
  'error-codes',
  'quantization',
];

/** Documents by group. */
function documents() {
  const pagesOf = (folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .sort();
  const rank = (name) =>
    (GUIDES.indexOf(name.slice(0, -3)) + GUIDES.length + 1) % (GUIDES.length + 1);
  return {
    Guides: pagesOf('docs')
      .sort((a, b) => rank(a) - rank(b))
      .map((name) => `docs/${name}`),
    'Moving to Octolite': pagesOf('docs/moving').map((name) => `docs/moving/${name}`),
    Project: ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  };
}

/** The sources of what the package exports with types, by the names that they are imported by. */
function entryPoints() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return new Map(
    Object.entries(exports)
      .filter(([name, target]) => target.types !== undefined && name.split('/').length < 3)
      .map(([name, { types }]) => [
        types.replace('./dist/', 'js/src/').replace(/\.d\.ts$/, '.ts'),
        `octolite${name.slice(1)}`,
      ])
      .filter(([path]) => existsSync(join(root, path))),
  );
}

/** Colours of typedoc's theme as those of the page (web/styles/tokens.css). */
const COLORS = {
  background: 'paper',
  'background-secondary': 'panel',
  'background-navbar': 'panel',
  'background-active': 'accent-soft',
  'background-warning': 'warn-soft',
  'warning-text': 'warn',
  accent: 'line',
  'active-menu-item': 'accent-soft',
  text: 'ink',
  'contrast-text': 'accent-ink',
  'text-aside': 'muted',
  link: 'accent',
  'focus-outline': 'focus',
  'comment-tag': 'muted',
  'comment-tag-text': 'ink',
};

function themeCss() {
  const tokens = readFileSync(join(root, 'web/styles/tokens.css'), 'utf8');
  const [light, dark] = tokens
    .split(":root[data-theme='dark']")
    .map((part) => new Map([...part.matchAll(/--([\w-]+): ([^;]+);/g)].map(([, k, v]) => [k, v])));
  const rules = Object.entries(COLORS).flatMap(([name, token]) => [
    `  --light-color-${name}: ${light.get(token)};`,
    `  --dark-color-${name}: ${dark.get(token) ?? light.get(token)};`,
  ]);
  const fonts = ['sans', 'mono'].map((name) => `  --${name}: ${light.get(name)};`);
  const own = readFileSync(join(root, 'web/styles/docs.css'), 'utf8');
  return `:root {\n${[...rules, ...fonts].join('\n')}\n}\n\n${own}`;
}

/** Before anything is painted, as typedoc has it in a script of the page, which the policy forbids. */
const THEME_SCRIPT =
  "document.documentElement.dataset.theme = localStorage.getItem('tsd-theme') || 'os';\n";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'none'";

/** Stands for the page in links of the navigation, until it is known how deep a document lies. */
const PAGE = 'https://page.invalid/';

/** What typedoc's theme lacks: landmarks, names for them, tables that the keyboard scrolls. */
const AMENDMENTS = [
  ['<div class="col-content">', '<div class="col-content" role="main">'],
  [
    '<div class="page-menu">',
    '<div class="page-menu" role="complementary" aria-label="On this page">',
  ],
  ['<nav id="tsd-sidebar-links"', '<nav id="tsd-sidebar-links" aria-label="Site"'],
  ['<nav class="tsd-navigation">', '<nav class="tsd-navigation" aria-label="Documentation">'],
  ['<h5 class="tsd-index-heading', '<h5 role="heading" aria-level="2" class="tsd-index-heading'],
  ['<table>', '<table tabindex="0">'],
  // README.md has a heading of its own.
  ['<div class="tsd-page-title">\n<h1>Octolite</h1></div>', ''],
];

function finishPage(html, url) {
  const up = '../'.repeat(url.split('/').length - 1);
  const policy = `<meta http-equiv="Content-Security-Policy" content="${POLICY}"/>`;
  const scripts = html
    .replace('<meta charset="utf-8"/>', (charset) => `${charset}${policy}`)
    .replaceAll(/<script>[^]*?<\/script>/g, `<script src="${up}assets/theme.js"></script>`)
    .replaceAll(PAGE, `${up}../index.html`);
  return AMENDMENTS.reduce((text, [from, to]) => text.replaceAll(from, to), scripts);
}

/** An element for the rules of filters, which there are none of; the policy forbids to add it. */
const FILTER_STYLE = 'document.head.appendChild(document.createElement("style"))';

function finishScript(path) {
  const script = readFileSync(path, 'utf8');
  if (!script.includes(FILTER_STYLE)) throw new Error(`${path} is not as it was known`);
  writeFileSync(path, script.replace(FILTER_STYLE, 'document.createElement("style")'));
}

/**
 * A page of its own for each document, named as its file; all else as typedoc has it.
 */
class Router extends KindRouter {
  getIdealBaseName(reflection) {
    const { slug } = reflection.frontmatter ?? {};
    return slug ? `guides/${slug}` : super.getIdealBaseName(reflection);
  }
}

/**
 * @param {object} options
 * @param {string} options.outdir
 * @throws when typedoc has anything to warn of: an export without a comment, a link to nowhere.
 */
export async function buildDocs({ outdir }) {
  const groups = documents();
  const entries = entryPoints();
  const assets = join(root, 'build/docs-assets');
  mkdirSync(assets, { recursive: true });
  writeFileSync(join(assets, 'docs.css'), themeCss());

  const app = await Application.bootstrap({
    entryPoints: [...entries.keys()].map((path) => join(root, path)),
    tsconfig: join(root, 'js/tsconfig.json'),
    name: 'Octolite',
    readme: join(root, 'README.md'),
    projectDocuments: Object.values(groups)
      .flat()
      .map((path) => join(root, path)),
    customCss: join(assets, 'docs.css'),
    favicon: join(root, 'web/assets/icon.svg'),
    router: 'octolite',
    navigationLinks: { 'Open the page': PAGE },
    navigation: { includeGroups: true },
    groupOrder: [...Object.keys(groups).slice(0, 2), 'Modules', '*'],
    sortEntryPoints: false,
    searchInComments: true,
    searchInDocuments: true,
    hideGenerator: true,
    visibilityFilters: {},
    disableSources: true,
    disableGit: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeProtected: true,
    excludeExternals: true,
    highlightLanguages: [
      'console',
      'css',
      'html',
      'http',
      'javascript',
      'json',
      'python',
      'shell',
      'text',
      'typescript',
    ],
    logLevel: 'Warn',
    validation: { notExported: true, invalidLink: true, invalidPath: true, notDocumented: true },
    requiredToBeDocumented: [
      'Class',
      'Interface',
      'TypeAlias',
      'Function',
      'Variable',
      'Method',
      'Accessor',
    ],
  });
  app.renderer.defineRouter('octolite', Router);

  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, page) => {
    const path = relative(root, page.project.files.getReflectionPath(page));
    const [group] = Object.entries(groups).find(([, paths]) => paths.includes(path));
    page.frontmatter = { ...page.frontmatter, group, slug: basename(path, '.md') };
    page.name = /^# (.*)$/m.exec(page.content[0].text)[1].replaceAll('`', '');
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const module of context.project.getReflectionsByKind(ReflectionKind.Module)) {
      const file = context.project.getSymbolIdFromReflection(module)?.fileName ?? '';
      const name = [...entries].find(([path]) => file.endsWith(path))?.[1];
      if (name) module.name = name;
    }
  });
  app.renderer.on(PageEvent.END, (page) => {
    page.contents = finishPage(page.contents, page.url);
  });

  const project = await app.convert();
  if (project) app.validate(project);
  if (!project || app.logger.hasErrors() || app.logger.hasWarnings()) {
    throw new Error('the documentation has faults; they are listed above');
  }
  rmSync(outdir, { recursive: true, force: true });
  await app.generateDocs(project, outdir);
  writeFileSync(join(outdir, 'assets/theme.js'), THEME_SCRIPT);
  finishScript(join(outdir, 'assets/main.js'));
  copyFileSync(join(root, 'node_modules/typedoc/LICENSE'), join(outdir, 'assets/LICENSE.txt'));
  if (app.logger.hasErrors() || app.logger.hasWarnings()) {
    throw new Error('the documentation has faults; they are listed above');
  }
}

/**
 * The site: the page, with a link to the documentation, and the documentation below docs/. All
 * addresses are relative, so it can be served from any path.
 * @param {object} options
 * @param {string} options.outdir
 */
export async function buildSite({ outdir }) {
  const { buildPage } = await import('../../web/build.mjs');
  await buildPage({ outdir, docs: './docs/index.html' });
  await buildDocs({ outdir: join(outdir, 'docs') });
}
