/** Serves one organisation over HTTP. Start reading at serve.ts (process), house.ts (organisation), http/app.ts (API). */
export type { BackupFolders } from './backup/backups.ts';
export { checkBackup } from './backup/check.ts';
export { type RestoreOptions, type RestoreResult, restoreBackup } from './backup/restore.ts';
export { type BackupOptions, type BackupResult, type OnProgress, takeBackup } from './backup/take.ts';
export { type DataDirectory, openDirectory } from './data/directory.ts';
export { type Origin, Packs, readPack } from './data/packs.ts';
export { readServerFile, type ServerFile } from './data/server-file.ts';
export { Refusal, type StartCode, StartError } from './errors.ts';
export { type CheckpointOptions, Evidence, type LogHead } from './evidence/evidence.ts';
export { type Applied, type ApplyOptions, type House, type HouseOptions, type Log, openHouse } from './house.ts';
export { stderrLog } from './log.ts';
export { type Binding, type SecretInfo, Secrets } from './secrets/secrets.ts';
export { sentence } from './sentences.ts';
export { type RunningServer, type ServerOptions, startServer } from './serve.ts';
export { FORMATS, type Format, LEVELS, type Level } from './telemetry/lines.ts';
export { otlpFrom } from './telemetry/otlp.ts';
export { metricsToken } from './telemetry/scrape.ts';
export { VERSION } from './version.ts';
