/** The years that a page offers: the given one and the four before. */
export const yearsUntil = (year: number) => [0, 1, 2, 3, 4].map((n) => year - n)
