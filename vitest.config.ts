import './bin/typescript.js';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take much longer than others, the longest first: begun last, they would be waited for alone. */
const LONGEST = [
  'tools/crash/crash.test.ts',
  'apps/console/test/settings.test.ts',
  'apps/console/test/pages.test.ts',
  'packages/simulator/test/seeds-support.test.ts',
  'packages/simulator/test/seeds-more.test.ts',
  'tools/conformance/conformance.test.ts',
  'tools/days/days.test.ts',
  'apps/cli/test/start.test.ts',
  'packages/simulator/test/mutants.test.ts',
  'apps/console/test/journeys.test.ts',
  'apps/cli/test/tau.test.ts',
  'apps/server/test/node-doors.test.ts',
  'apps/console/test/restructure.test.ts',
  'packages/simulator/test/simulate.test.ts',
  'apps/cli/test/policy.test.ts',
  'apps/cli/test/retail/contracts.test.ts',
  'apps/server/test/node-secret.test.ts',
  'apps/cli/test/backup.test.ts',
  'packages/connectors/test/crash.test.ts',
  'packages/connectors/test/shell.test.ts',
  'packages/connectors/test/mcp.test.ts',
  'apps/cli/test/bundle.test.ts',
  'apps/console/test/steering.test.ts',
  'bench/injection/injection.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.indexOf(relative(this.ctx.config.root, moduleId));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).sort((one, two) => rank(one) - rank(two));
  }
}

export default defineConfig({
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'apps/*/test/**/*.test.ts',
      'packs/*/test/**/*.test.ts',
      'examples/**/*.test.ts',
      'tools/**/*.test.ts',
      'bench/**/*.test.ts',
    ],
    pool: 'forks',
    // Node loads what is tested, by the loader that users run, which keeps what it has compiled: vite would compile all of it
    // at each run. Nothing here needs what vite could do besides.
    // Of memory there is enough, of cores there is not: what is young is collected less often, and by one thread.
    execArgv: [
      ...['--max-semi-space-size=64', '--single-threaded-gc'],
      ...['--import', join(import.meta.dirname, 'bin/typescript.js')],
    ],
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // A worker loads and compiles what is tested once, not once for each file: that would be a third of the whole time.
    // A helper beside the tests therefore registers no hooks when it is loaded, only when it is called.
    isolate: false,
    // Much of the time is waiting for processes: two workers more than there are cores. One more costs what it loads, 3 s.
    maxWorkers: availableParallelism() + 2,
    globalSetup: 'tools/scratch.ts',
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 30_000,
  },
});
