import { Readable } from 'node:stream';

/**
 * The bytes of a message as a stream that ends at a bound. What breaks it becomes what `toError` makes of it; `release` is
 * called once, when it ended, was destroyed or broke.
 */
export function messageStream(
	content: AsyncIterable<Buffer>,
	maxBytes: number,
	toError: (error: unknown) => unknown,
	release: () => void,
): Readable {
	const stream = Readable.from(upTo(content, maxBytes, toError), { objectMode: false });
	stream.once('close', release);
	return stream;
}

async function* upTo(
	content: AsyncIterable<Buffer>,
	maxBytes: number,
	toError: (error: unknown) => unknown,
): AsyncGenerator<Buffer> {
	let left = maxBytes;
	try {
		for await (const chunk of content) {
			yield chunk.length <= left ? chunk : chunk.subarray(0, left);
			left -= chunk.length;
			if (left <= 0) return;
		}
	} catch (error) {
		throw toError(error);
	}
}
