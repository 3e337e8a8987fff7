import type { IBinaryData } from 'n8n-workflow';

/**
 * Bytes that travel in the item itself. n8n never deletes what a poll puts into its binary store, so triggers must not
 * use it: inline data live and die with the execution.
 */
export function inlineBinary(bytes: Buffer, fileName: string, mimeType: string): IBinaryData {
	const dot = fileName.lastIndexOf('.');
	return {
		data: bytes.toString('base64'),
		mimeType,
		fileName,
		...(dot > 0 ? { fileExtension: fileName.slice(dot + 1) } : {}),
		fileSize: sizeText(bytes.length),
		bytes: bytes.length,
	};
}

function sizeText(bytes: number): string {
	if (bytes < 1000) return `${bytes} B`;
	if (bytes < 1_000_000) return `${(bytes / 1000).toPrecision(3)} kB`;
	return `${(bytes / 1_000_000).toPrecision(3)} MB`;
}
