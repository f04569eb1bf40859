/** Bytes to text: byte order marks, UTF-16 without one, UTF-8, and Windows-1252 for what is no valid UTF-8. */

export type Decoded = { text: string; note: string | null };

/** A letter, digit, mark or space of ASCII. */
const isAscii = (byte: number) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127);

/**
 * Zero bytes on one side of the pairs betray UTF-16 that lacks its byte order mark: digits, spaces and line ends have them
 * whatever the script, and no other charset has any.
 */
function bareUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const pairs = Math.min(bytes.length >> 1, 512);
  if (pairs < 2) return null;
  let even = 0;
  let odd = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const [first = 0, second = 0] = bytes.subarray(pair * 2, pair * 2 + 2);
    if (first === 0 && isAscii(second)) even++;
    if (second === 0 && isAscii(first)) odd++;
  }
  if (odd > pairs * 0.1 && even < odd * 0.1) return 'utf-16le';
  if (even > pairs * 0.1 && odd < even * 0.1) return 'utf-16be';
  return null;
}

/** What Windows-1252 has at 0x80–0x9f. Node 20 decodes these as Latin-1 control characters. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function windows1252(bytes: Uint8Array): string {
  const text = new TextDecoder('windows-1252').decode(bytes);
  return text.replaceAll(/[\u0080-\u009f]/g, (char) => WINDOWS[char.charCodeAt(0) - 0x80] ?? char);
}

function utf8OrWindows(bytes: Uint8Array): Decoded {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), note: null };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { text: windows1252(bytes), note: 'not valid UTF-8; read as Windows-1252' };
  }
}

/** Decodes a text file. Line ends become `\n`; `note` says when the charset had to be guessed. */
export function decodeText(bytes: Uint8Array): Decoded {
  const [first, second] = bytes;
  let decoded: Decoded;
  if (first === 0xff && second === 0xfe) decoded = { text: new TextDecoder('utf-16le').decode(bytes), note: null };
  else if (first === 0xfe && second === 0xff) decoded = { text: new TextDecoder('utf-16be').decode(bytes), note: null };
  else {
    const utf16 = bareUtf16(bytes);
    decoded = utf16
      ? { text: new TextDecoder(utf16).decode(bytes), note: `no byte order mark; read as ${utf16.toUpperCase()}` }
      : utf8OrWindows(bytes);
  }
  return { text: decoded.text.replaceAll(/\r\n?/g, '\n'), note: decoded.note };
}
