//go:build !purego

#include "textflag.h"

// The bytes that a string may not just be walked over: controls (up to 0x1f),
// the quote, the backslash, and everything beyond ASCII (the sign bit).

DATA control<>+0(SB)/1, $0x1f
GLOBL control<>(SB), RODATA|NOPTR, $1
DATA quote<>+0(SB)/1, $0x22
GLOBL quote<>(SB), RODATA|NOPTR, $1
DATA slash<>+0(SB)/1, $0x5c
GLOBL slash<>(SB), RODATA|NOPTR, $1

// SPECIAL sets the sign bit of each byte of out whose byte of in is special.
// Y2, Y3 and Y4 hold the three bytes, 32 times each; Y7 is scratch.
#define SPECIAL(in, out) \
	VPMINUB  Y2, in, out   \
	VPCMPEQB in, out, out  \
	VPCMPEQB Y3, in, Y7    \
	VPOR     Y7, out, out  \
	VPCMPEQB Y4, in, Y7    \
	VPOR     Y7, out, out  \
	VPOR     in, out, out

// func specials(p *byte) uint64
TEXT ·specials(SB), NOSPLIT, $0-16
	MOVQ         p+0(FP), SI
	VPBROADCASTB control<>(SB), Y2
	VPBROADCASTB quote<>(SB), Y3
	VPBROADCASTB slash<>(SB), Y4
	VMOVDQU      (SI), Y0
	VMOVDQU      32(SI), Y1
	SPECIAL(Y0, Y5)
	SPECIAL(Y1, Y6)
	VPMOVMSKB    Y5, AX
	VPMOVMSKB    Y6, BX
	SHLQ         $32, BX
	ORQ          BX, AX
	VZEROUPPER
	MOVQ         AX, ret+8(FP)
	RET

// func plainBlocks(p *byte, n int) int
TEXT ·plainBlocks(SB), NOSPLIT, $0-24
	MOVQ         p+0(FP), SI
	MOVQ         n+8(FP), CX
	XORQ         DX, DX
	VPBROADCASTB control<>(SB), Y2
	VPBROADCASTB quote<>(SB), Y3
	VPBROADCASTB slash<>(SB), Y4

loop:
	CMPQ      DX, CX
	JGE       done
	VMOVDQU   (SI), Y0
	VMOVDQU   32(SI), Y1
	SPECIAL(Y0, Y5)
	SPECIAL(Y1, Y6)
	VPOR      Y5, Y6, Y6
	VPMOVMSKB Y6, AX
	TESTL     AX, AX
	JNE       done
	ADDQ      $64, SI
	INCQ      DX
	JMP       loop

done:
	VZEROUPPER
	MOVQ DX, ret+16(FP)
	RET
