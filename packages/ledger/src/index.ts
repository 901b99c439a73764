export { canonicalText } from './canonical.ts';
export { GENESIS, type Head, headOf, open, type SealedRecord, seal } from './chain.ts';
export {
  type Chunks,
  ExportError,
  exportLines,
  type Manifest,
  manifestLine,
  readExport,
  recordLine,
  verifyExport,
} from './export.ts';
export { headerText, type RecordHeader, readHeader } from './header.ts';
export { linkHash, type Sha256 } from './link.ts';
export { sha256Node } from './sha256-node.ts';
export * from './store/port.ts';
export { type Upcaster, type Upcasters, upcasters } from './upcast.ts';
export {
  createVerifier,
  type Fault,
  type FirstBad,
  type Verification,
  type Verifier,
  type VerifyOptions,
  verify,
} from './verify.ts';
