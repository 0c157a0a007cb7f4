import { badFile } from './bad_file.js';
import type { NumericArray } from './nd_array.js';

/**
 * Reads rows of numbers, separated by commas, semicolons, tabs or spaces. A first row that is not
 * numbers is a heading and skipped, as are empty lines.
 * @returns An array of rows x columns.
 * @throws OctoliteError BAD_DATA_FILE naming the line.
 */
export function parseCsv(bytes: Uint8Array, file = 'csv'): NumericArray {
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\n|\r/);
  const numbers: number[] = [];
  let columns = 0;
  let rows = 0;
  lines.forEach((line, index) => {
    const text = line.trim();
    if (text === '') return;
    const separator = text.includes(',') ? ',' : text.includes(';') ? ';' : /\s+/;
    const cells = text.split(separator).map((cell) => cell.trim());
    const values = cells.map((cell) => (cell === '' ? NaN : Number(cell)));
    const bad = values.findIndex(Number.isNaN);
    if (bad >= 0) {
      if (rows === 0 && index === 0) return;
      badFile(file, `line ${index + 1} has '${cells[bad]}' where a number belongs`);
    }
    if (rows > 0 && values.length !== columns) {
      badFile(file, `line ${index + 1} has ${values.length} numbers, the lines before ${columns}`);
    }
    columns = values.length;
    ++rows;
    for (const value of values) numbers.push(value);
  });
  if (rows === 0) badFile(file, 'there are no numbers in this file');
  return { shape: [rows, columns], data: Float32Array.from(numbers) };
}
