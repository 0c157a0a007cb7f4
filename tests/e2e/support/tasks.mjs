/** How long the page's main thread is held at a time. */
import assert from 'node:assert/strict';

/** What looks for elements on behalf of a test, and runs nothing of the page: no visitor has it. */
function isOfDriver(parts) {
  const tags = parts.map(({ args }) => args?.chrome_mojo_event_info?.mojo_interface_tag);
  return (
    tags.includes('blink.mojom.DevToolsSession') &&
    !parts.some(({ name }) => name === 'EventDispatch' || name === 'FunctionCall')
  );
}

/**
 * Runs `act` under a trace: the tasks of the page's main thread that took longer than `ms`, each
 * with its longest parts. Time is that on the processor, which a busy machine does not lengthen.
 */
export async function longTasks(page, ms, act) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', 'v8'] });
  let trace;
  try {
    await act();
  } finally {
    trace = JSON.parse((await browser.stopTracing()).toString()).traceEvents;
  }
  const thread = ({ pid, tid }) => `${pid} ${tid}`;
  const mains = new Set(
    trace
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(thread),
  );
  const own = trace.filter((event) => mains.has(thread(event)));
  const tasks = own.filter(({ name, tdur }) => /RunTask$/.test(name) && tdur !== undefined);
  assert.ok(tasks.length > 100, 'the trace has the tasks of the page');
  return tasks
    .filter(({ tdur }) => tdur > ms * 1000)
    .map((task) => {
      const parts = own.filter(
        ({ ts, dur, name }) =>
          ts >= task.ts && ts + dur <= task.ts + task.dur && name !== task.name,
      );
      return { task, parts };
    })
    .filter(({ parts }) => !isOfDriver(parts))
    .map(({ task, parts }) => {
      const longest = parts
        .sort((a, b) => b.dur - a.dur)
        .slice(0, 6)
        .map(
          ({ name, dur, args }) =>
            `${name} ${Math.round(dur / 1000)} ${args?.data?.functionName ?? args?.data?.url ?? ''}`,
        );
      return `${Math.round(task.tdur / 1000)} ms: ${longest.join(', ')}`;
    });
}
