import { createHash } from 'node:crypto';
import { upsert, type Context } from './platform';
import { present, type Upload } from './present';
import type { Row } from './store';

/** A file as an observable of its own bytes. The same bytes are one artifact, its file below `import/Artifact`: seen on 7.260817.0. */
export function importArtifact(context: Context, args: Row): Row | null {
	const { fileName, bytes } = args['file'] as Upload;
	const hashes = Object.entries({ MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-512': 'sha512' }).map(
		([algorithm, name]) => ({ algorithm, hash: createHash(name).update(bytes).digest('hex') }),
	);
	const { file: _file, fileMarkings: _markings, ...rest } = args;
	const entity = upsert(context, 'Artifact', { ...rest, hashes });
	const stored = context.store.putFile(`import/Artifact/${entity.id}`, fileName, bytes, entity.markings, entity.id);
	entity.data['mime_type'] ??= stored.mimetype;
	if (!entity.files.includes(stored.id)) entity.files.push(stored.id);
	return present(context, entity);
}
