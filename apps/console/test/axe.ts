/** What axe finds wrong with a page, by the rules of WCAG 2.2 A and AA. */
import axe from 'axe-core';
import type { CDPSession, Page } from 'playwright-core';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface Found {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

/**
 * Colours that are still changing from one scheme to the other are nobody's. The end of one change may begin another (what
 * inherits a colour follows it), so it is looked again; what moves for ever is not waited for.
 */
const STILL = `(async () => {
  for (let n = 0; n < 20; n++) {
    const moving = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    if (moving.length === 0) return;
    await Promise.all(moving.map(({ finished }) => finished.catch(() => {})));
  }
})()`;

const RUN = `${STILL}.then(() => axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] })).then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ target, failureSummary }) => ({ target, failureSummary })) })))`;

const sessions = new WeakMap<Page, Promise<CDPSession>>();
const sessionOf = (page: Page): Promise<CDPSession> => {
  const known = sessions.get(page) ?? page.context().newCDPSession(page);
  sessions.set(page, known);
  return known;
};

/** A world of axe's own beside the page's, whose policy allows no other script; it stays until the document is left. */
async function worldOf(session: CDPSession): Promise<number> {
  const { frameTree } = await session.send('Page.getFrameTree');
  const world = { frameId: frameTree.frame.id, worldName: 'axe' };
  const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld', world);
  const { result } = await session.send('Runtime.evaluate', { expression: 'typeof axe', contextId });
  if (result.value !== 'object') await session.send('Runtime.evaluate', { expression: axe.source, contextId });
  return contextId;
}

/** What axe finds wrong with what is shown, in words. */
export async function wrong(page: Page): Promise<string[]> {
  const session = await sessionOf(page);
  const how = { contextId: await worldOf(session), awaitPromise: true, returnByValue: true };
  const answer = await session.send('Runtime.evaluate', { expression: RUN, ...how });
  const found = (answer.result.value ?? [
    { id: answer.exceptionDetails?.text ?? 'axe did not run', nodes: [] },
  ]) as Found[];
  return found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary ?? ''}`)
        .join(' | ')}`,
  );
}
