/** How an organisation is made out of a backup: what to do, in order, with the command. Nothing is done from here. */
import { toast } from '../app/toast.tsx';
import { t } from '../text/en.ts';
import { Dialog } from '../ui/forms.tsx';
import { Button } from '../ui/parts.tsx';

function Command({ text }: { text: string }) {
  const copy = (): void =>
    void navigator.clipboard.writeText(text).then(
      () => toast({ text: t.backups.copied }),
      // Without permission the text is still there to be marked.
      () => undefined,
    );
  return (
    <span className="mt-1 flex items-start gap-2">
      <code className="min-w-0 flex-1 rounded-md bg-sunken px-2.5 py-1.5 font-mono text-xs break-all select-all">
        {text}
      </code>
      <Button onClick={copy}>{t.backups.copy}</Button>
    </span>
  );
}

export function RestoreDialog({ name, command, onClose }: { name: string; command: string; onClose: () => void }) {
  const [check, stop, run, start] = t.backups.restoreSteps;
  return (
    <Dialog wide title={t.backups.restoreTitle(name)} onClose={onClose}>
      <p className="mb-3 text-soft">{t.backups.restoreWhy}</p>
      <ol className="list-decimal space-y-2 pl-5">
        <li>{check}</li>
        <li>{stop}</li>
        <li>
          {run}
          <Command text={command} />
        </li>
        <li>
          {start}
          <Command text={t.backups.start} />
        </li>
      </ol>
      <p className="mt-3 text-xs text-faint">{t.backups.restoreAfter}</p>
    </Dialog>
  );
}
