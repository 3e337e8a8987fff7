import { typeOfBytes } from '../../email';
import type { OpenFile } from '../contract';
import { readImage } from './image';
import { readSvg } from './svg';

/** Pictures that are decoded here. */
const DECODED = /^image\/(?:png|jpeg|gif|bmp|webp)$/;

/** Reads the codes in a picture that lies in a document. One that cannot be decoded is told. */
export async function readPictureInside(file: OpenFile, bytes: Buffer): Promise<void> {
	const type = typeOfBytes(bytes);
	const { tell } = file;
	if (type === 'image/svg+xml') {
		await readSvg(file, bytes.toString('utf8'));
		return;
	}
	if (type === undefined || !DECODED.test(type)) {
		tell({ notRead: ['pictures'] });
		return;
	}
	// Width and height are the picture's, not the document's.
	const tellCodes: OpenFile['tell'] = ({ properties: _properties, ...piece }) => tell(piece);
	try {
		await readImage({ ...file, bytes, type, tell: tellCodes });
	} catch {
		tell({ notRead: ['pictures'] });
	}
}
