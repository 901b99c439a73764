/** Gives the person a file. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export const saveStream = async (stream: ReadableStream<Uint8Array>, name: string): Promise<void> =>
  saveBlob(await new Response(stream).blob(), name);
