/** Reads what kernel_bench writes (kernel_bench.cc). */
export function parseLines(text) {
  const result = { dot: undefined, peaks: [], cases: [] };
  for (const line of text.trim().split('\n')) {
    const [kind, ...fields] = line.split('\t');
    if (kind === 'dot') {
      [result.dot] = fields;
    } else if (kind === 'peak') {
      result.peaks.push({ name: fields[0], gigaPerSecond: Number(fields[1]) });
    } else if (kind === 'case') {
      const [group, type, name, gigaPerSecond, share] = fields;
      const numbers = { gigaPerSecond: Number(gigaPerSecond), share: Number(share) };
      result.cases.push({ group, type, name, ...numbers });
    } else {
      throw new Error(`kernel_bench writes '${line}'`);
    }
  }
  return result;
}
