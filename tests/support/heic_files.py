"""HEIC images, which vidbuild cannot write: a red left half and a blue right half of 64 x 36 pixels in Display P3."""

from __future__ import annotations

import base64
import zlib

# As phones write them: stored sideways with the turn in both `irot` and EXIF, and with an ICC profile.
PHONE = zlib.decompress(
    base64.b85decode(
        "c-"
        "muNV30{GsVvAy&8%Pmg51nBLl8SRGck>Uf!QlJwIq=N0u(b+a*CjAhJwuG5(YG2l9`jA3}U!AFfcJNf>_LX5SoF3u^cD{1T0TsA`B`(Y>}Cnmj"
        ">p6WJQ6TRIoCjnvAk!Lk1*4MvxNMicGL_zJkn>Tn4C0rq0ZQq5>eDky((O4-_j0>UCyh;Q%t{S%4J%|G@C)|BoLG4E)RqKpo-"
        "^j6970|AQ1TgH<pCmF!}2NCe7hIWaP#N=#r8P}p=gX3BMQMqV}+kXQ<cU{Oc{D(7%vJXm0mFi`>Mk}1jgIYk9U`9K#kcH|`I7PA0FbMs1yg4~@"
        "HA|j&{kV7jmxwwD<FZgy15>%IU8Au20<s}867`g$(B1J&Uf%F>?I~~jh8!VCpVT*v(gakPQ*&0B$LOO))0b(aX*cl);!Vd_yA;g;RGcefh|NsC"
        "0ZiJZEeg=k(<_rv6I}u_Uz;G4hW?(q6vmmhulDe2d2_Ov^Zl9JjFz`k)FbH1&>WQXQ9^|jg;(}CYm^eVOMsiMK0W<+JLdAf|;r|n8GK3{Zfr8A"
        "6OtA4B9H6wsnOT%y0<uanvmh6iEf^UX*&3OcSzFqG9I4Er)HJ9BUvf%uGB_gu?O<G-"
        "o015O55{5*#`UZ_<a3hu|NqDEr@dG8^mM&!HXaFsguT}P|4%e6V148Hu>WPC$(Ai!wi$tep<MlMh3Ef2KbAOV*z?@-"
        "T=DD!GrMj~Q%vQHUoLXxK$YT*R)%u9M^D=%65G`0RX(3rF8QsF>;M1j=4*GYUXr*WN1E;6v5$N5rGZ4=1&N-"
        "&43&pJw|#v1_VulAd)McLin<1d015vN28P}Co~m<%oK2G+MxHZkU{DmZZTh<Hio=ezIv*JL(&U>e)m>I4huq?w9yM_TgJkT@%b~xe4CgI-wu3>"
        "u-9vxw%B#)M4L5c^V_<H5Q+fKM#E;c+UfUR01^*<^P|0gL*XzPIgT+e1B!Iz-"
        "#r8mH!27jUt=<n9CU^Z0bz)xid`J0D^8|+W<I%RodI!|Fw%0CT%sBG5<=C~8_f)qpI>1uKz_qaC(~akX6_IPr*cg=FoL5`NA@T0_WyhojhRg>?"
        "uDRAYoR>a)n1OL=uhOdG3d6#hBh?9c$Jl_8!3HTfe0>?TfIJQcMn)lUqG4oUgTxj9PFF#k"
    )
)
# Upright, with code points (nclx) instead of a profile.
NCLX = zlib.decompress(
    base64.b85decode(
        "c-"
        "muNV30{GsVvAy&8%Pmg51nBLl8SRGck>Ufw3+(wIq=N0u(b+a*CjAhJwuG5(YG&l$n#C3}U!AFfalk5HK!+&_Gr>kWkLd%u9oCfmjsCNo9iaGR"
        "l$-K}^1a%#vKVl7E>6MFl|mUS>gZK9DX4DsyIJ;Q%t{S%4J%|G@C)|BoLG4E)RqKpo-"
        "^j6970|AQ1TgH<pCmF!}2NCe7hIWaP#N=#r8P}p=gX3BMQ9$rQkkXQ<cU{Oc{D(7%vJXm0mFi`<$i*Ry&PElTRP6Y!G11|$(15ijLv$!A?>Tw4"
        "s)=17tEP%2>u2+H5Ai(th|Nkc-"
        "8i)l7GAlAcg3KHoAg@Sd7UaT085nS^jZDm}EkI^{Zb~9Blo^XP7}vAzkk3ip|NqaLz$dY#*JIb$e!pM)&iwy>rLz71uSHG>S*n?IZR^_1H~+uc"
        "USR%P|GIAasaHVo8VdGs&RE--Bo^@WSD~+^zxj>&e-"
        "D$DrYzMwZ}a)Q%|qY6D?6CZt+?wWa!p9nD+nn5uYUgXpFrYi?Z52r|Ns8X54cvW^3%?L@>4V4$tgEMg#I!A|CeU(H<Wy!c;MNs?&n`4|9|sf5a"
        ">v8;b-)CJ^%ljjNlxtsp^r^v58DyHhuqp_VMPV{wF!sbA(^~|I71Z-"
        "pfPldNx{Yd)2@G|LU)9(%tGerI%H>{Qq{Ju`6=%uKlYPZRA<QAgjS3nY666P=3`iBj!L4&BOn{Ju`|=p4Gp&@qO$5ztd9|zno;SZsF-mhI{{iu"
        "6T1}@lR>K=gf2J|F~Q33Ey`?SRgg4a3lZ!9XC7bs(+k)+?sm-f8*@CXPAFZes=SYMg9M$91o=yC9a$?x5)bc=XSrQ?az)}n>tVFd;<W!>L7m"
    )
)
