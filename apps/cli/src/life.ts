/** The commands that begin, change and keep an installation. */
import { JOINING, LOGGING } from './joining.ts';
import type { Spec } from './spec.ts';

export const LIFE: readonly Spec[] = [
  {
    name: 'up',
    local: true,
    summary: 'start the organisation and its server in the foreground; ctrl-C stops it cleanly',
    example: 'reeve up --port 4600',
    options: [
      ['--host <host>', 'address to listen on', '127.0.0.1'],
      [
        '--checkpoint-every <span>',
        'sign the ledger at least this often while it grows, such as 30s (5m unless given)',
      ],
      ['--checkpoint-records <n>', 'and after this many records (10000 unless given)'],
      ['--remote-tools <pattern...>', 'tools whose calls are left to `reeve executor`: exact, `mail*`, or `*`'],
      [
        '--public-url <url>',
        'where others reach it, such as https://reeve.acme.example: stands in mails to people and in the agent card',
      ],
      ['--files <dir>', 'write the organisation as readable files into this folder, and keep them up to date'],
      ['--witness <file>', 'copy each signed checkpoint into this witness file, best on another disk'],
      ['--backups <dir>', 'where backups asked for in the console go (backups/ of the data directory unless given)'],
      ['--backup-keys <dir>', 'copy the keys, which are secrets, with each of them, best to another disk'],
      ...LOGGING,
    ],
    run: async (context, _, options) => (await import('./commands/up.ts')).up(context, options),
  },
  ...JOINING,
  {
    name: 'init [DIR]',
    summary: 'write a pack folder to edit; never into a folder that holds something',
    example: 'reeve init my-shop --template support',
    options: [['--template <name>', 'support (a whole customer service) or blank (two seats)', 'support']],
    run: async (context, [dir = 'organisation'], options) =>
      (await import('./commands/init.ts')).init(context, dir, options),
  },
  {
    name: 'plan <DIR>',
    summary: 'check a pack and show what applying it would change',
    example: 'reeve plan my-shop --matrix',
    options: [
      ['--matrix', 'show how it changes who may do what'],
      ['--warnings', 'show the warnings'],
    ],
    run: async (context, [dir], options) => (await import('./commands/plan.ts')).plan(context, dir!, options),
  },
  {
    name: 'apply <DIR>',
    summary: 'put a pack into force: all of it or nothing, after showing the plan and asking',
    example: 'reeve apply my-shop --reason "higher refund limit"',
    options: [
      ['--yes', 'do not ask'],
      ['--reason <text>', 'why, for the ledger'],
      ['--undo-restructurings', 'also when that takes back restructurings the pack does not have'],
      ['--matrix', 'show how it changes who may do what'],
      ['--warnings', 'show the warnings'],
    ],
    run: async (context, [dir], options) => (await import('./commands/plan.ts')).apply(context, dir!, options),
  },
  {
    name: 'import <FILE>',
    summary:
      'open a case for every ticket of a file or folder (CSV, JSON, JSONL, mbox, eml); twice makes no duplicates',
    example: 'reeve import tickets.csv --dry-run',
    options: [
      ['--channel <channel>', 'of tickets that name none: email, web, phone, chat or api'],
      ['--dry-run', 'read everything, open nothing'],
    ],
    run: async (context, [file], options) => (await import('./commands/import.ts')).importFile(context, file!, options),
  },
  {
    name: 'backup <DIR>',
    local: true,
    summary: 'copy the organisation to a new folder, verified; also while its server runs',
    example: 'reeve backup /backups/monday --keys /safe/monday',
    options: [['--keys <dir>', 'copy the keys, which are secrets, to another new folder']],
    run: async (context, [dir], options) => (await import('./commands/backup.ts')).backup(context, dir!, options),
  },
  {
    name: 'check-backup <DIR>',
    local: true,
    summary: 'is a backup what it was when it was taken? Every file, the chain and the checkpoints; changes nothing',
    example: 'reeve check-backup /backups/monday',
    run: async (context, [dir]) => (await import('./commands/backup.ts')).check(context, dir!),
  },
  {
    name: 'restore <DIR>',
    local: true,
    summary: 'make the data directory out of a backup, verified; never over one that is there',
    example: 'reeve restore /backups/monday --keys /safe/monday --data ./restored',
    options: [
      ['--keys <dir>', 'where the keys were copied to'],
      ['--erased <file>', 'erased-keys of a later backup: who was forgotten since'],
    ],
    run: async (context, [dir], options) => (await import('./commands/backup.ts')).restore(context, dir!, options),
  },
  {
    name: 'metrics',
    local: true,
    summary: 'print what the running server counts, as Prometheus text; --token prints a token for scraping',
    example: 'reeve metrics --token > /etc/prometheus/reeve.token',
    options: [['--token', 'print a token that reads metrics and nothing else']],
    run: async (context, _, options) => (await import('./commands/metrics.ts')).metrics(context, options),
  },
  {
    name: 'doctor',
    local: true,
    summary: 'say in words what is wrong with this installation: running, stopped or broken',
    example: 'reeve doctor --backups /backups',
    options: [['--backups <dir>', 'folder that holds backups: how old is the newest? (REEVE_BACKUPS)']],
    run: async (context, _, options) => (await import('./commands/doctor.ts')).doctor(context, options),
  },
];
