/** A process for one job: see job.ts. It ends with its parent. */
import { StoreError, StoreFull } from '@reeve/ledger';
import { startError } from '../data/files.ts';
import { StartError } from '../errors.ts';
import { checkBackup } from './check.ts';
import type { Answer, Job } from './job.ts';
import { type OnProgress, takeBackup } from './take.ts';

/** Between two words about how far it is, in milliseconds. */
const PACE = 250;

const tell = (answer: Answer): Promise<void> => new Promise((resolve) => process.send!(answer, () => resolve()));

function pacing(): OnProgress {
  let told: { readonly step: string; readonly at: number } = { step: '', at: 0 };
  return (step, done, of) => {
    const at = performance.now();
    if (told.step === step && at - told.at < PACE) return;
    told = { step, at };
    void tell({ progress: { step, done, of } });
  };
}

/** What went wrong in the words of a start: a full disk is one, wherever it shows. */
function wordsOf(error: unknown): Answer {
  const known =
    error instanceof StoreFull
      ? new StartError('no-space', error.message, 'free some space and try again')
      : error instanceof StoreError
        ? new StartError('corrupt', error.message, 'look at the ledger with `reeve doctor`')
        : startError('the backup', error);
  const { code, message, next } = known as StartError;
  return { failed: { code, message, next } };
}

const job = JSON.parse(process.argv[2]!) as Job;
const onProgress = pacing();
const orphaned = (): never => process.exit(1);
process.on('disconnect', orphaned);
try {
  if ('take' in job) await takeBackup({ ...job.take, onProgress });
  else await checkBackup({ ...job.check, onProgress });
  await tell({ done: true });
} catch (error) {
  await tell(wordsOf(error));
}
process.off('disconnect', orphaned);
process.disconnect();
