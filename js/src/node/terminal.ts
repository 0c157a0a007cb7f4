/** What of a terminal a text is written for; all of it is absent from files and pipes. */
export interface Look {
  /** Columns; undefined: as wide as the text. */
  readonly width: number | undefined;
  readonly colours: boolean;
}

/** A stream, as far as its look is concerned. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * FORCE_COLOR comes first (0 and false: none), then NO_COLOR (not empty: none), then whether this
 * is a terminal that has colours.
 */
function hasColours({ isTTY }: Screen, environment: Environment): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: kind } = environment;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (refused !== undefined && refused !== '') return false;
  return isTTY === true && kind !== 'dumb';
}

export function lookOf(screen: Screen, environment: Environment = process.env): Look {
  const { isTTY, columns } = screen;
  return {
    width: isTTY === true && columns! > 0 ? columns : undefined,
    colours: hasColours(screen, environment),
  };
}

/** SGR codes that begin and end a style. */
const STYLES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] };

export type Style = keyof typeof STYLES;

export function styled(text: string, style: Style, { colours }: Look): string {
  const [begin, end] = STYLES[style] as [number, number];
  return colours ? `\x1b[${begin}m${text}\x1b[${end}m` : text;
}
