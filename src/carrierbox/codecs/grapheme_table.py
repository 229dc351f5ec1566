"""How each code point joins its neighbours in a grapheme cluster (UAX #29).

Made by tools/make_grapheme_table.py: do not edit. Derived from the Unicode Character Database
18.0.0 (Unicode License V3), read through the library regex 2026.11.15.
"""

from typing import Final

UNICODE_VERSION: Final = "18.0.0"

GRAPHEME_RANGES: Final = (
    "x0-9 n0 x0-1 r0 x0-11 x5f-20 P9 x3 P0 e251-6f e113-6 e107-2c e1 e1-1 e1-1 e1-2 p36-5 ea-a "
    "x1 e2e-14 e10 e65-6 p0 e1-5 e2-1 e1-3 p21 e1 e1e-1a e5b-a e3a-8 e9 e18-3 e1-8 e1-2 e1-4 "
    "e2b-2 p34-1 e5-8 e2a-17 p0 e0-1f s0 C11-24 e0 s0 e0 s1-2 e0-7 s0-3 k0 s0-1 e1-6 C0-7 e2-1 "
    "C14-7 e1 s0-1 C11-13 C1-6 C1 C3-3 e2 e1 s0-1 e0-3 s2-1 s2-1 k0 e9 C4-1 C1 e2-1 Cc-1 ec e2-1 "
    "s0 e38 s1-2 e0-1 e4-1 e2-2 e3 e1e-1 e3 eb-1 s0 C11-13 C1-6 C1-1 C1-4 e2 s1-2 e0-4 e1-1 s0 "
    "s1-1 k0 e14-1 C15 e0-5 e1 s0-1 C11-13 C1-6 C1-1 C1-4 e2 e1-1 s0 e0-3 s2-1 s2-1 k0 e5-4 C4-1 "
    "C1 e2-1 Cd e10 e3b s0 e0 s0-1 s3-2 s1-2 e0 e9 e28 s0-2 e0 C10-13 C1-f e2 e1-2 s0-3 e1-2 "
    "e1-2 k0 e7-1 C1-2 e7-1 e1d s0-1 e38 s1 e0-1 s0 e0 s0-1 e1-2 e1-3 e7-1 eb-1 sf ec-1 s0-1 "
    "C11-25 e0-1 e1 s0-1 e0-3 s1-2 s1-2 k0 p0 e8 ea-1 e1d s0-1 e46 e4 s0-1 e0-2 e1 s1-6 e0 s12-1 "
    "e3d s1 e0-6 ec-7 e62 s1 e0-8 eb-6 e49-1 e1b e1 e1 s4-1 e31-d s0 e0-4 e1-1 e5-a e1-23 e9 "
    "C39-2a e2-3 s0 e0-5 k1 e0 s0-1 e0-1 C0 C10-5 s0-1 e0-1 C0-3 e0-2 C0 C3-1 C7-2 e0-3 C0-c e0 "
    "s1 e0-1 e6 C0 ee L62-5f V0-47 T0-57 e15d-2 e3b2-3 e1c-2 e1d-1 e1e-1 Cc-33 e0-1 s0 e0-6 s0-7 "
    "e0 s0-1 e0-8 k0 e0 e9 e2d-2 x0 e0 e75-1 e22 e76-2 s0-3 e0-1 s0-2 s4-1 e0 s0-5 e0-2 edb-1 "
    "s0-1 e0 C4-34 s0 e0 s0 e0-6 k1 e1 e2-7 s0-5 e0-9 e2 e30-40 ef-3 s0 C6-1 C6-20 e0-9 s0-3 "
    "e0-1 k0 C0-7 e1e-8 ec-1 s0 C0-1d s0 e0-3 s0-1 e0-2 k0 e0-1 C0-1 Cb-2 e28 s0 e0-1 s0-2 e0 s0 "
    "e0-4 s30-7 e0-7 s0-1 e0-1 e98-2 e1-c s0 e0-6 e4 e6 K0-1 s0 e0-1 ec6-3f x20b i0 z0 x0-1 "
    "x18-6 Pd Pc x16-f e60-20 P31 P16 P5a-5 Pf-1 P16f-1 Pc Pa6 P19-a P4-2 Pc7 Pe7-1 Pa P9 P3a-3 "
    "P1-4 P9 P2 P2-1 P2 P4 P2 P1-1 P2 P3 P3-1 P8-2 P5 P1 P5-b Pb-1 P2 P1-1 P1 P12 P2-1 P12-5 P1 "
    "P1-1 P3-1 P5 P2-1 P4-1 Pb-1 P5-1 P2 P5-1 P1 P1-1 P14-1 P5-5 P1-3 P2 P4 P2 P2-5 P1 P2 P1 P1 "
    "P6 P3 P6 Pa-1 Pf P2 P4 P1 P4-2 P1 Pb-1 P30-2 P9 Pe Pe P174-1 P1cf-2 P13-1 P33 P4 e199-2 e8d "
    "e60-1f e22a-5 P0 Pc e5b-1 P1fc P1 e73d5-3 e1-9 e20-1 e50-1 e110 e3 e4 s17-1 e0-1 s0 e4 "
    "s53-1 s32-f e0-1 e1a-11 ed e26-7 e19-a s0 e0 Lc-1c e3-2 s0 C5-2 C3-23 e0 s0-1 e0-3 s0-1 "
    "e0-1 s0-1 k0 C1f-4 e0 C1-8 Ca-4 e2a-5 s0-1 e0-1 s0-1 e0-1 ec e8 s0 C12-f C1-2 C6 e1 C1-1 "
    "e30 e1-2 e2-1 e5-1 e1 C1e-a s0 e0-1 s0-1 s5 k0 Cc9-1a s8-1 e0 s0-1 e0 s0-1 s1 e0 V2bc2-16 "
    "T4-30 e2322 e2e1-f e10-f xcf e9e-1 x50-b e201 ee2 e95-4 C685 e0-2 e1-1 e5-3 C0-3 C1-2 C1-1c "
    "e2-2 k4 ea5-1 e23d-3 e41-4 e13d-1 e1e-4 e20-f e46-a e31-3 s7a e0 s0 e35-e e29 e2-1 ea-2 s0 "
    "s2d-2 e0-3 s0-1 e0-1 p2 e4 pa e32-2 C0-23 e0-4 s0 e0-5 k0 e0 Cf s0-1 C0 e2b ec-1 s0 s30-2 "
    "e0-8 s0 e0 p1-1 e5-3 s1 e0 s5c-2 e0-2 s0-1 e0-3 e6 e2 e9d s0-2 e0-7 e15-1 s0-1 e37-1 e1 s0 "
    "e0 s0-3 s2-1 s2-1 e0 e9 sa-1 e2-6 e3-4 Cb-9 C1 C2 C1-25 e2 s0-1 e0-5 e1 e2 e1-2 s0 s1-1 "
    "e0-1 k0 p0 e0 ee-1 s52-2 e0-7 s0-1 e0-2 s0 e0 e17 e51 s0-1 e0-5 s0 e0 s0-1 e0 s0 e0-1 s0 "
    "e0-1 eeb s0-1 e0-3 s2-3 e0-1 s0 e0-1 e1b-1 s52-2 e0-7 s0-1 e0 s0 e0-1 e6a s0 e0 s0-1 e0-7 "
    "e65 s0 e0 e2-3 s0 e0-4 s100-2 e0-8 s0 e0-1 Cc5-6 C2 C2-7 C1-1 C1-17 e0 s0-4 s1-1 e2-2 k0 p0 "
    "s0 p0 s0 e0 s8d-2 e0-3 e2-1 s0-3 e0 s3 C1b e0-9 C0-27 e0-5 s0 K0 e0-3 k8 C8 e0-5 s0-1 e0-2 "
    "C0-27 p0-5 e0-c s0 e0 k0 C70 e55 s0 e0-2 s0 e0 s0 sc7 e0-6 e1-5 s0 e0 e52-15 s1 e0-6 s0 "
    "e0-1 s0 e0-1 e7a-5 e3 e1-1 e1-6 p0 e0 s42-4 e1-1 s1-1 e0 s0 e0 e58 C0 e101-1 s0-1 e9-1 p0 "
    "s0 C0-c C1-21 s0-1 e0-4 s3-1 e0-1 k0 e17 x14d5-f e0 e6-e e2cc8-b s0-2 e0-2 e9c0-4 e3b-6 "
    "V22c V3-3 e1e4 s1-36 e7-3 e51 eb-1 e4cab-1 x1-3 e125c-2d e2-16 e1e0-1 e3c-4 e3-5 x0-7 e0-7 "
    "e2-6 e1e-3 e94-2 eb-2 e8-1 e2 e20-1 e77e-36 e4-31 e8 ee e16-4 e1-e e550-6 e1-10 e2-6 e1-1 "
    "e1-4 e64 ea0-6 e177 e3d-3 e1fc-3 efe-1 ef3 e2 e7-1 e5 e1da-6 e6d-6 P6b9 P27-3 P64-b Pf-1 Pf "
    "Pe-1 P25-9 P70-1 Pc-1 Pe P2-9 P14-36 g0-19 P1-e Pa P14 P2-8 P1-3 P9-16 P6-bb P2-6f P2-1 "
    "P1-2 P2-52 P2-2 P1-3 e0-4 P0-fd P1-3e Pb-5 P1-17 P7-1 P2-7 Pc P2-3 P2 P4-1 Pd-1 P2 P8-1 P9 "
    "P5-2 Pc-2 P8-2 P2 P1 P4 P6 P3 P6-55 P30-45 P5-7 P2-10 P3 P1-5 P2-c Pdc-14 P1b-3 P38-7 Pa-5 "
    "P28-7 P1e-1 Pc-3 P2-d P9-26 Pc-2e P1-9 P1-b8 P58-7 Pe-91 P100-3fd xc0002-1f e0-5f x0-7f "
    "e0-ef x0-e0f"
)
"""Ranges in their order: the letter of a class, how many code points after the range before, and
behind a hyphen how many more it has than one; in hexadecimal digits. Hangul syllables are left out.
"""
