// One reader a kind of file. All of them run in the worker: see worker.ts.
import type { FileKind } from '../../email';
import type { Reader } from '../contract';
import { readArchive } from './archive';
import { readCmsFile } from './cms';
import { readHtmlFile } from './html';
import { readImage } from './image';
import { readMessage } from './message';
import { readOffice } from './office';
import { readOfficeLegacy } from './officeLegacy';
import { readPdf } from './pdf';
import { readRtfFile } from './rtf';
import { readShortcut } from './shortcut';
import { readText } from './text';
import { readZip } from './zip';

/** Kinds without one are known by their hashes. Of messages, those of Outlook are read here; others are parsed step by step elsewhere. */
export const READERS: Readonly<Partial<Record<FileKind, Reader>>> = {
	archive: readArchive,
	cms: readCmsFile,
	html: readHtmlFile,
	image: readImage,
	message: readMessage,
	office: readOffice,
	'office-legacy': readOfficeLegacy,
	pdf: readPdf,
	rtf: readRtfFile,
	script: readHtmlFile,
	shortcut: readShortcut,
	text: readText,
	zip: readZip,
};
