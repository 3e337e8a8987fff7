// Makes test/fixtures/attachments-held-out: files that hide links and codes in ways that the readers' authors did not think of at first,
// and truth.json, which says what was planted in each. Beside the makers of attachment-corpus.mjs it needs zint, xorriso, avifenc,
// heif-enc, Ghostscript, GnuPG, and Python with msoffcrypto-tool (PYTHON says which); none is needed to run the tests.
//
//   node scripts/held-out/index.mjs
import { makeArchives } from './archives.mjs';
import { makeMail } from './mail.mjs';
import { makeOffice } from './office.mjs';
import { makePdf } from './pdf.mjs';
import { makePictures } from './pictures.mjs';
import { begin, end } from './plant.mjs';

begin();
makePdf();
makeOffice();
makePictures();
makeArchives();
makeMail();
console.log(`${end()} files`);
