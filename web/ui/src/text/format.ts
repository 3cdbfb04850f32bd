/** 7 → "0:07", 3723 → "1:02:03". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const h = Math.floor(whole / 3600);
  const m = Math.floor((whole % 3600) / 60);
  const s = String(whole % 60).padStart(2, '0');
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}

/** An E.164 number in groups that can be read aloud: "+819012345678" → +81 90 1234 5678. Anything else stays as it is. */
export function numberGroups(number: string): string[] {
  const match = /^\+(\d{5,15})$/.exec(number);
  const digits = match?.[1];
  if (!digits) return [number];
  const code = countryCode(digits);
  return [`+${code}`, ...subscriberGroups(code, digits.slice(code.length))];
}

function countryCode(digits: string): string {
  if (digits.startsWith('1') || digits.startsWith('7')) return digits.slice(0, 1);
  return digits.slice(0, twoDigitCodes.includes(digits.slice(0, 2)) ? 2 : 3);
}

// Country calling codes of two digits (ITU-T E.164, list of assigned codes); the others have three.
const twoDigitCodes =
  '20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98';

function subscriberGroups(code: string, rest: string): string[] {
  if (code === '1' && rest.length === 10) return [rest.slice(0, 3), rest.slice(3, 6), rest.slice(6)];
  if (code === '90' && rest.length === 10) return [rest.slice(0, 3), rest.slice(3, 6), rest.slice(6, 8), rest.slice(8)];
  const groups: string[] = [];
  let left = rest;
  while (left.length > 4) {
    groups.unshift(left.slice(-4));
    left = left.slice(0, -4);
  }
  return left ? [left, ...groups] : groups;
}

/** The letters of an avatar: "Aiko Yamada" → "AY". */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words[words.length - 1] : undefined].map((w) => (w ? [...w][0] : ''));
  return letters.join('').toUpperCase();
}
