import { expect } from '@jest/globals';
import type { ErrorCode } from 'octolite';

/** Expects a refusal with this code, and returns it. */
export async function refusal(
  action: () => unknown,
  code: ErrorCode,
): Promise<{ message: string; details: Record<string, unknown> }> {
  let error: unknown;
  try {
    await action();
  } catch (caught) {
    error = caught;
  }
  expect(error).toMatchObject({ name: 'OctoliteError', code });
  return error as { message: string; details: Record<string, unknown> };
}
