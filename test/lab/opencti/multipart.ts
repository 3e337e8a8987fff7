import type { Upload } from './present';
import type { Row } from './store';

/** A request that the platform's upload middleware refuses, with its text. */
export class Refused extends Error {
	readonly text: string;
	constructor(text: string) {
		super(text);
		this.text = text;
	}
}

interface Part {
	name: string;
	fileName?: string;
	body: Buffer;
}

const MAX_OPERATIONS_BYTES = 1_000_000;

/** graphql-multipart-request: operations, map, files, in this order and no other. */
export function readMultipart(
	contentType: string,
	body: Buffer,
): { query?: string; variables?: Row; operationName?: string } {
	const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
	if (boundary === undefined) throw new Refused('Multipart: Boundary not found');
	const [operations, map, ...files] = parts(body, boundary);
	if (operations?.name !== 'operations') throw new Refused('Missing multipart field ‘operations’.');
	if (operations.body.length > MAX_OPERATIONS_BYTES) {
		throw new Refused(`The ‘operations’ multipart field value exceeds the ${MAX_OPERATIONS_BYTES} byte size limit.`);
	}
	if (map?.name !== 'map') throw new Refused('Misordered multipart fields; ‘map’ should follow ‘operations’.');
	const request = JSON.parse(operations.body.toString('utf8'));
	const paths = JSON.parse(map.body.toString('utf8')) as Record<string, string[]>;
	for (const [name, targets] of Object.entries(paths)) {
		const part = files.find((candidate) => candidate.name === name);
		if (part?.fileName === undefined) continue;
		const upload: Upload = { fileName: part.fileName, bytes: part.body };
		for (const target of targets) place(request, target.split('.'), upload);
	}
	return request;
}

function place(root: Row, path: string[], value: unknown): void {
	const last = path.at(-1)!;
	const owner = path.slice(0, -1).reduce((current, key) => current?.[key], root);
	if (owner === undefined || owner === null || owner[last] !== null)
		throw new Refused(`Invalid object path for the ‘map’ entry ${path.join('.')}.`);
	owner[last] = value;
}

function parts(body: Buffer, boundary: string): Part[] {
	const found: Part[] = [];
	const delimiter = Buffer.from(`--${boundary}`);
	let at = body.indexOf(delimiter);
	while (at >= 0) {
		const start = at + delimiter.length + 2;
		const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), delimiter]), start);
		if (next < 0) break;
		const head = body.indexOf('\r\n\r\n', start);
		const header = body.subarray(start, head).toString('utf8');
		const fileName = / filename="([^"]*)"/.exec(header)?.[1];
		found.push({
			name: / name="([^"]*)"/.exec(header)?.[1] ?? '',
			// Percent signs stand for what a quoted name cannot hold (HTML's form data rule).
			...(fileName === undefined
				? {}
				: { fileName: fileName.replace(/%0A/g, '\n').replace(/%0D/g, '\r').replace(/%22/g, '"') }),
			body: Buffer.from(body.subarray(head + 4, next)),
		});
		at = next + 2;
	}
	return found;
}
